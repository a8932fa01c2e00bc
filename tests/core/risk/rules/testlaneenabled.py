# file: tests/core/risk/rules/testlaneenabled.py
from __future__ import annotations

import pytest

from tests.core.risk.plain import intent, view
from tradingbot.core.lane import Stage
from tradingbot.core.risk.rules.laneenabled import LaneEnabled


def test_live_money_waits_for_the_switch() -> None:
    found = LaneEnabled().check(intent(), view(stage=Stage.LIVE, enabled=False, promoted=True))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("lane_enabled", "off", "on")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: live trading of the cryptofutures lane is not enabled"


def test_a_view_that_says_nothing_of_the_switch_leaves_it_off() -> None:
    assert LaneEnabled().check(intent(), view(stage=Stage.LIVE)) is not None


@pytest.mark.parametrize("stage", [Stage.BACKTEST, Stage.PAPER])
def test_the_switch_matters_live_only(stage: Stage) -> None:
    assert LaneEnabled().check(intent(), view(stage=stage, enabled=False)) is None


def test_an_enabled_lane_is_no_reason() -> None:
    assert LaneEnabled().check(intent(), view(stage=Stage.LIVE, enabled=True)) is None
