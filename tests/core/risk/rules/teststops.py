# file: tests/core/risk/rules/teststops.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.core.risk.riskfixture import BTC, bull_put, intent, options_view, refusal, view
from tradingbot.core.messages.intent import Side
from tradingbot.core.risk.rules.stops import (
    StopDistance,
    StopRequired,
    StopSide,
    TargetSide,
    rounded_stop,
    rounded_target,
)


@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
def test_an_entry_without_a_stop_is_refused(side: Side) -> None:
    found = refusal(StopRequired().check(intent(side, stop=None), view()))
    assert (found.rule, found.was, found.limit) == ("stop_required", "none", "a stop")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: an entry needs a stop, none was given"


@pytest.mark.parametrize("stop", ["58800", "61200", "1"])
def test_any_stop_is_one(stop: str) -> None:
    assert StopRequired().check(intent(stop=Decimal(stop)), view()) is None


@pytest.mark.parametrize(
    ("side", "stop", "rounded"),
    [
        (Side.LONG, "58800.01", "58800.1"),
        (Side.LONG, "58800.1", "58800.1"),
        (Side.SHORT, "61200.09", "61200.0"),
        (Side.SHORT, "61200.0", "61200.0"),
    ],
)
def test_the_stop_rounds_towards_the_entry(side: Side, stop: str, rounded: str) -> None:
    assert rounded_stop(intent(side, stop=Decimal(stop)), BTC.tick) == Decimal(rounded)


@pytest.mark.parametrize(("stop", "rounded"), [("4999.99", "5000.00"), ("4990.00", "5000.00"), ("5000.01", "5000.25")])
def test_the_stop_rounds_to_ticks_that_are_no_power_of_ten(stop: str, rounded: str) -> None:
    tick = Decimal("0.25") if stop != "4990.00" else Decimal(25)
    assert rounded_stop(intent(price=Decimal(6000), stop=Decimal(stop)), tick) == Decimal(rounded)


def test_a_structure_has_no_stop_but_a_worst_loss() -> None:
    spread, legs = bull_put()
    assert StopRequired().check(spread, options_view(legs)) is None


@pytest.mark.parametrize(
    ("side", "stop", "place"),
    [
        (Side.LONG, "60000.0", "below 60000"),
        (Side.LONG, "60600.0", "below 60000"),
        (Side.LONG, "59999.95", "below 60000"),
        (Side.SHORT, "60000.0", "above 60000"),
        (Side.SHORT, "60000.05", "above 60000"),
        (Side.SHORT, "59400.0", "above 60000"),
        (Side.SHORT, "-1.0", "above 60000"),
    ],
)
def test_a_stop_that_on_its_tick_is_not_on_the_losing_side_is_refused(side: Side, stop: str, place: str) -> None:
    found = StopSide().check(intent(side, stop=Decimal(stop)), view())
    was = {"59999.95": "60000.0", "60000.05": "60000.0"}.get(stop, stop)
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("stop_side", was, place)
    told = was if was == stop else f"{stop}, on its price step {was}"
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: the stop of a {side} entry was {told}, it must lie {place}"


def test_a_stop_that_rounding_puts_on_the_entry_is_refused() -> None:
    found = refusal(StopSide().check(intent(price=Decimal("60000.05"), stop=Decimal("60000.01")), view()))
    assert found.sentence.endswith("was 60000.01, on its price step 60000.1, it must lie below 60000.05")


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "59999.9"), (Side.SHORT, "60000.1"), (Side.LONG, "-5")])
def test_a_stop_of_one_tick_is_on_its_side_however_far_another_is(side: Side, stop: str) -> None:
    assert StopSide().check(intent(side, stop=Decimal(stop)), view()) is None


def test_what_has_no_stop_is_for_other_rules() -> None:
    spread, legs = bull_put()
    assert StopSide().check(intent(stop=None), view()) is None
    assert StopSide().check(spread, options_view(legs)) is None


_RULE = StopDistance(Decimal("0.15"))


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "50999.9"), (Side.SHORT, "69000.1")])
def test_a_stop_one_tick_too_far_is_refused(side: Side, stop: str) -> None:
    found = refusal(_RULE.check(intent(side, stop=Decimal(stop)), view()))
    assert (found.rule, found.was, found.limit) == ("stop_distance", "0.1501", "0.15")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: the stop was 15.01% away, the limit is 15.00%"


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "51000"), (Side.SHORT, "69000")])
def test_a_stop_exactly_at_the_limit_is_near_enough(side: Side, stop: str) -> None:
    assert _RULE.check(intent(side, stop=Decimal(stop)), view()) is None


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "50999.91"), (Side.SHORT, "69000.09")])
def test_a_stop_that_rounding_brings_within_the_limit_is_near_enough(side: Side, stop: str) -> None:
    assert _RULE.check(intent(side, stop=Decimal(stop)), view()) is None


def test_a_negative_stop_is_too_far() -> None:
    found = refusal(_RULE.check(intent(price=Decimal(100), stop=Decimal(-5)), view()))
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: the stop was 105.00% away, the limit is 15.00%"


def test_what_has_no_stop_is_for_other_rules_either() -> None:
    spread, legs = bull_put()
    assert _RULE.check(intent(stop=None), view()) is None
    assert _RULE.check(replace(spread, price=Decimal(1)), options_view(legs)) is None


@pytest.mark.parametrize(
    ("side", "target", "was", "place"),
    [
        (Side.LONG, "60000", "60000.0", "above 60000"),
        (Side.LONG, "59000", "59000.0", "above 60000"),
        (Side.LONG, "60000.04", "60000.0", "above 60000"),
        (Side.SHORT, "60000", "60000.0", "below 60000"),
        (Side.SHORT, "61000", "61000.0", "below 60000"),
        (Side.SHORT, "0", "0.0", "below 60000"),
        (Side.SHORT, "-5", "-5.0", "below 60000"),
    ],
)
def test_a_target_that_is_no_gain_is_refused(side: Side, target: str, was: str, place: str) -> None:
    found = refusal(TargetSide().check(intent(side, target=Decimal(target)), view()))
    assert (found.rule, found.was, found.limit) == ("target_side", was, place)
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: the target of a {side} entry was {was}, it must lie {place}"


@pytest.mark.parametrize(("side", "target"), [(Side.LONG, "60000.1"), (Side.SHORT, "59999.9"), (Side.LONG, None)])
def test_a_gain_of_one_tick_or_no_target_is_allowed(side: Side, target: str | None) -> None:
    assert TargetSide().check(intent(side, target=None if target is None else Decimal(target)), view()) is None


def test_the_target_rounds_to_the_nearest_tick() -> None:
    found = [rounded_target(intent(target=Decimal(price)), BTC.tick) for price in ("61000.04", "61000.06")]
    assert found == [Decimal("61000.0"), Decimal("61000.1")]
    assert rounded_target(intent(), BTC.tick) is None


def test_a_structure_has_no_target() -> None:
    spread, legs = bull_put()
    assert TargetSide().check(spread, options_view(legs)) is None
