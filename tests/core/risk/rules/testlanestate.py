# file: tests/core/risk/rules/testlanestate.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.riskfixture import bull_put, exposure, intent, options_view, sized, view
from tradingbot.core.lane import Lane, Stage
from tradingbot.core.risk.rules.lanestate import (
    CandidatePromoted,
    DailyLossCap,
    LaneEnabled,
    LaneHalted,
    OpenPositions,
    Solvent,
)


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


@pytest.mark.parametrize("equity", ["0", "-12.50", "Infinity", "-Infinity", "NaN"])
def test_equity_that_is_no_money_enters_nothing(equity: str) -> None:
    found = Solvent().check(intent(), view(equity=Decimal(equity)))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("solvent", equity, "above 0")
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: equity is {equity}, there is nothing to risk"


def test_the_last_cent_is_money() -> None:
    assert Solvent().check(intent(), view(equity=Decimal("0.01"))) is None


_RULE = DailyLossCap(Decimal("0.06"))


@pytest.mark.parametrize(("realised", "equity"), [("-300.00", "4700"), ("-310.00", "4690")])
def test_a_day_that_lost_its_share_is_over(realised: str, equity: str) -> None:
    found = _RULE.check(intent(), view(equity=Decimal(equity), realised_today=Decimal(realised)))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("daily_loss", realised[1:], "300.00")
    assert found.sentence == (
        f"BTCUSDT-LINEAR.BYBIT: today's closed trades lost {realised[1:]}, the limit is 300.00 (6.00% of equity)"
    )


@pytest.mark.parametrize(("realised", "equity"), [("-299.99", "4700.01"), ("0", "5000"), ("900", "5900")])
def test_a_day_that_lost_less_goes_on(realised: str, equity: str) -> None:
    assert _RULE.check(intent(), view(equity=Decimal(equity), realised_today=Decimal(realised))) is None


def test_losing_more_than_everything_is_refused() -> None:
    assert _RULE.check(intent(), view(equity=Decimal(-1), realised_today=Decimal(-5001))) is not None


_RULE_OPENPOSITIONS = OpenPositions(3)


def test_one_more_than_the_limit_is_refused() -> None:
    held = (exposure(1, "ETH"), exposure(-1, "SOL"), exposure(1, "BNB"))
    found = _RULE_OPENPOSITIONS.check(sized(1000), view(exposures=held))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("open_positions", "3", "3")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: 3 positions are open or on their way, the limit is 3"


def test_the_last_free_place_may_be_taken() -> None:
    assert _RULE_OPENPOSITIONS.check(sized(1000), view(exposures=(exposure(1, "ETH"), exposure(-1, "SOL")))) is None


def test_a_position_and_the_rest_of_its_entry_are_one() -> None:
    held = (exposure(1, "ETH"), exposure(2, "ETH"), exposure(-1, "SOL"))
    assert _RULE_OPENPOSITIONS.check(sized(1000), view(exposures=held)) is None


def test_two_strategies_in_one_instrument_are_two() -> None:
    held = (exposure(1, "ETH"), exposure(1, "ETH", strategy="another"), exposure(-1, "SOL"))
    assert _RULE_OPENPOSITIONS.check(sized(1000), view(exposures=held)) is not None
