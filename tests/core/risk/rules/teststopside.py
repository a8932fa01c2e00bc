# file: tests/core/risk/rules/teststopside.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.plain import bull_put, intent, options_view, view
from tradingbot.core.messages.intent import Side
from tradingbot.core.risk.rules.stopside import StopSide


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
    found = StopSide().check(intent(price=Decimal("60000.05"), stop=Decimal("60000.01")), view())
    assert found is not None
    assert found.sentence.endswith("was 60000.01, on its price step 60000.1, it must lie below 60000.05")


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "59999.9"), (Side.SHORT, "60000.1"), (Side.LONG, "-5")])
def test_a_stop_of_one_tick_is_on_its_side_however_far_another_is(side: Side, stop: str) -> None:
    assert StopSide().check(intent(side, stop=Decimal(stop)), view()) is None


def test_what_has_no_stop_is_for_other_rules() -> None:
    spread, legs = bull_put()
    assert StopSide().check(intent(stop=None), view()) is None
    assert StopSide().check(spread, options_view(legs)) is None
