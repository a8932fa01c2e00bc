# file: tests/core/risk/rules/teststoprequired.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.core.risk.plain import BTC, bull_put, intent, options_view, view
from tradingbot.core.messages.intent import Intent, Side
from tradingbot.core.risk.rules.stoprequired import StopRequired, rounded_stop

_RULE = StopRequired(Decimal("0.15"))


def _at(side: Side, price: str, stop: str | None) -> Intent:
    return intent(side, price=Decimal(price), stop=None if stop is None else Decimal(stop))


def test_an_entry_without_a_stop_is_refused() -> None:
    found = _RULE.check(_at(Side.LONG, "60000", None), view())
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("stop_required", "none", "a stop")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: an entry needs a stop, none was given"


@pytest.mark.parametrize(
    ("side", "stop", "place"),
    [
        (Side.LONG, "60000.0", "below 60000"),
        (Side.LONG, "60600.0", "below 60000"),
        (Side.SHORT, "60000.0", "above 60000"),
        (Side.SHORT, "59400.0", "above 60000"),
        (Side.SHORT, "-1.0", "above 60000"),
    ],
)
def test_a_stop_on_the_winning_side_is_refused(side: Side, stop: str, place: str) -> None:
    found = _RULE.check(_at(side, "60000", stop), view())
    assert found is not None
    assert (found.was, found.limit) == (stop, place)
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: the stop of a {side} entry was {stop}, it must lie {place}"


@pytest.mark.parametrize(
    ("side", "stop", "told"), [(Side.LONG, "50999.9", "15.01%"), (Side.SHORT, "69000.1", "15.01%")]
)
def test_a_stop_one_tick_too_far_is_refused(side: Side, stop: str, told: str) -> None:
    found = _RULE.check(_at(side, "60000", stop), view())
    assert found is not None
    assert (found.was, found.limit) == ("0.1501", "0.15")
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: the stop was {told} away, the limit is 15.00%"


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "51000"), (Side.SHORT, "69000")])
def test_a_stop_exactly_at_the_limit_is_near_enough(side: Side, stop: str) -> None:
    assert _RULE.check(_at(side, "60000", stop), view()) is None


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "50999.91"), (Side.SHORT, "69000.09")])
def test_a_stop_that_rounding_brings_within_the_limit_is_near_enough(side: Side, stop: str) -> None:
    assert _RULE.check(_at(side, "60000", stop), view()) is None


def test_a_negative_stop_is_too_far_and_not_on_the_wrong_side() -> None:
    found = _RULE.check(_at(Side.LONG, "100", "-5"), view())
    assert found is not None
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: the stop was 105.00% away, the limit is 15.00%"


def test_a_stop_that_rounding_puts_on_the_entry_is_refused() -> None:
    found = _RULE.check(_at(Side.LONG, "60000.05", "60000.01"), view())
    assert found is not None
    assert found.sentence.endswith("the stop of a LONG entry was 60000.1, it must lie below 60000.05")


@pytest.mark.parametrize("price", ["0", "-37.63"])
def test_a_price_that_is_none_is_refused(price: str) -> None:
    found = _RULE.check(_at(Side.SHORT, price, "100"), view())
    assert found is not None
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: the price was {price}"


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
    assert rounded_stop(_at(side, "60000", stop), BTC.tick) == Decimal(rounded)


@pytest.mark.parametrize(("stop", "rounded"), [("4999.99", "5000.00"), ("4990.00", "5000.00"), ("5000.01", "5000.25")])
def test_the_stop_rounds_to_ticks_that_are_no_power_of_ten(stop: str, rounded: str) -> None:
    tick = Decimal("0.25") if stop != "4990.00" else Decimal(25)
    assert rounded_stop(_at(Side.LONG, "6000", stop), tick) == Decimal(rounded)


def test_a_structure_has_no_stop_but_a_worst_loss() -> None:
    spread, legs = bull_put()
    assert _RULE.check(replace(spread, price=Decimal(1)), options_view(legs)) is None
