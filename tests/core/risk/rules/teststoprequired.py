# file: tests/core/risk/rules/teststoprequired.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.plain import BTC, bull_put, intent, options_view, view
from tradingbot.core.messages.intent import Side
from tradingbot.core.risk.rules.stoprequired import StopRequired, rounded_stop


@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
def test_an_entry_without_a_stop_is_refused(side: Side) -> None:
    found = StopRequired().check(intent(side, stop=None), view())
    assert found is not None
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
