# file: tests/core/risk/rules/testlanehalted.py
from __future__ import annotations

import pytest

from tests.core.risk.plain import bull_put, intent, options_view, view
from tradingbot.core.lane import Lane, Stage
from tradingbot.core.risk.rules.lanehalted import LaneHalted


@pytest.mark.parametrize("stage", list(Stage))
def test_a_killed_lane_enters_nothing_and_says_why(stage: Stage) -> None:
    found = LaneHalted().check(intent(), view(stage=stage, halted="8 losing trades in a row, the limit is 8"))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("lane_halted", "killed", "armed")
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: the cryptofutures lane is killed (8 losing trades in a row, the limit is 8)"
    )


def test_a_kill_without_a_reason_is_a_kill() -> None:
    assert LaneHalted().check(intent(), view(halted="")) is not None


def test_structures_are_halted_like_single_entries() -> None:
    spread, legs = bull_put()
    found = LaneHalted().check(spread, options_view(legs, halted="by hand"))
    assert found is not None
    assert found.sentence == f"SPY=STK.SMART: the {Lane.OPTIONS} lane is killed (by hand)"


def test_an_armed_lane_is_no_reason() -> None:
    assert LaneHalted().check(intent(), view(halted=None)) is None
