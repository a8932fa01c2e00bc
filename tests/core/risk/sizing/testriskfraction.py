# file: tests/core/risk/sizing/testriskfraction.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.plain import policy
from tradingbot.core.risk.sizing.riskfraction import penalised, tier_fraction

SIZING = policy().sizing


@pytest.mark.parametrize(
    ("equity", "fraction"),
    [
        ("1000", "0.02"),
        ("9999.99", "0.02"),
        ("10000", "0.015"),
        ("50000", "0.01"),
        ("250000", "0.005"),
        ("1e9", "0.005"),
    ],
)
def test_the_last_tier_reached_counts(equity: str, fraction: str) -> None:
    assert tier_fraction(SIZING.tiers, Decimal(equity)) == Decimal(fraction)


@pytest.mark.parametrize(
    ("drawdown", "fraction"),
    [("0", "0.02"), ("0.0499", "0.02"), ("0.05", "0.0175"), ("0.12", "0.015"), ("0.35", "0.0025"), ("0.9", "0.0025")],
)
def test_each_full_step_of_drawdown_costs_a_quarter_percent_down_to_the_floor(drawdown: str, fraction: str) -> None:
    assert penalised(SIZING.drawdown, Decimal("0.02"), Decimal(drawdown)) == Decimal(fraction)
