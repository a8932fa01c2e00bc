# file: tests/learning/drift/testbudget.py
from __future__ import annotations

import pytest

from tradingbot.learning.drift.budget import Budget


def test_a_month_of_every_stream_costs_no_more_than_the_level() -> None:
    budget = Budget(0.08)
    looks = 30
    psi = 2 * sum(budget.psi(1 / looks) for _ in range(looks))
    adwin = 2 * budget.adwin(passed=1.0, streams=1)
    assert psi + adwin + budget.label + budget.coverage == pytest.approx(0.08)


def test_a_gap_of_a_year_pays_for_no_more_than_a_month() -> None:
    assert Budget(0.08).psi(12.0) == Budget(0.08).psi(1.0)
    assert Budget(0.08).adwin(12.0, 4) == Budget(0.08).adwin(1.0, 4)


def test_features_share_what_the_prediction_has_alone() -> None:
    assert Budget(0.05).adwin(0.01, 25) == pytest.approx(Budget(0.05).adwin(0.01, 1) / 25)
