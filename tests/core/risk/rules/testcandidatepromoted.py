# file: tests/core/risk/rules/testcandidatepromoted.py
from __future__ import annotations

import pytest

from tests.core.risk.plain import intent, view
from tradingbot.core.lane import Stage
from tradingbot.core.risk.rules.candidatepromoted import CandidatePromoted


def test_live_money_waits_for_the_promotion() -> None:
    found = CandidatePromoted().check(intent(), view(stage=Stage.LIVE, enabled=True, promoted=False))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("candidate_promoted", "not promoted", "promoted")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: trend is not promoted to live"


def test_a_view_that_says_nothing_of_it_promotes_nobody() -> None:
    assert CandidatePromoted().check(intent(), view(stage=Stage.LIVE)) is not None


@pytest.mark.parametrize("stage", [Stage.BACKTEST, Stage.PAPER])
def test_promotion_matters_live_only(stage: Stage) -> None:
    assert CandidatePromoted().check(intent(), view(stage=stage, promoted=False)) is None


def test_a_promoted_candidate_is_no_reason() -> None:
    assert CandidatePromoted().check(intent(), view(stage=Stage.LIVE, promoted=True)) is None
