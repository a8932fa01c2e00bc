# file: tests/core/execution/testticksize.py
from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.execution.arena import listing
from tradingbot.core.execution.ticksize import on_tick, trailed

_TICKS = ["0.00005", "0.005", "0.025", "0.05", "0.25", "0.5", "1", "5", "25", "0.1", "0.01", "0.000000000125"]


@pytest.mark.parametrize(
    ("step", "price", "nearest", "up", "down"),
    [
        ("0.00005", "1.08307", "1.08305", "1.08310", "1.08305"),
        ("0.005", "149.5829", "149.585", "149.585", "149.580"),
        ("0.25", "5000.30", "5000.25", "5000.50", "5000.25"),
        ("0.025", "110.0376", "110.050", "110.050", "110.025"),
        ("0.5", "97.3", "97.5", "97.5", "97.0"),
        ("25", "4990", "5000", "5000", "4975"),
        ("0.05", "2.12", "2.10", "2.15", "2.10"),
    ],
)
def test_a_price_lies_on_the_step_with_its_decimals(step: str, price: str, nearest: str, up: str, down: str) -> None:
    instrument = listing(price_step=step).instrument
    ways = {"": nearest, ROUND_CEILING: up, ROUND_FLOOR: down}
    for rounding, wanted in ways.items():
        found = on_tick(instrument, Decimal(price), *([rounding] if rounding else []))
        assert str(found) == wanted
        assert found.precision == instrument.price_precision


@pytest.mark.parametrize(
    ("asked", "tick", "sign", "market", "goes"),
    [
        ("97.30", "0.25", 1, "100", "97.50"),
        ("102.70", "0.25", -1, "100", "102.50"),
        ("97.50", "0.25", 1, "100", "97.50"),
        ("1.08306", "0.00005", 1, "1.09000", "1.08310"),
        ("99.80", "0.25", 1, "100.00", "99.75"),
        ("99.80", "0.25", 1, "100.10", "100.00"),
        ("100.20", "0.25", -1, "100.00", "100.25"),
        ("99.99", "0.25", 1, "99.99", None),
        ("101", "0.25", 1, "100", None),
        ("99", "0.25", -1, "100", None),
        ("97.30", "0.25", 1, None, "97.50"),
    ],
)
def test_a_stop_goes_to_the_next_tick_towards_the_market_and_not_into_it(
    asked: str, tick: str, sign: int, market: str | None, goes: str | None
) -> None:
    found = trailed(Decimal(asked), Decimal(tick), sign, None if market is None else Decimal(market))
    assert found == (None if goes is None else Decimal(goes))


@given(
    asked=st.decimals("0.00001", 1_000_000, places=7),
    market=st.decimals("0.00001", 1_000_000, places=7),
    tick=st.sampled_from(_TICKS),
    sign=st.sampled_from([1, -1]),
)
def test_a_trailed_stop_is_on_the_step_this_side_of_the_market_and_less_than_a_tick_off(
    asked: Decimal, market: Decimal, tick: str, sign: int
) -> None:
    step = Decimal(tick)
    found = trailed(asked, step, sign, market)
    if found is None:
        assert (market - asked) * sign <= 0
        return
    assert found % step == 0
    assert (market - found) * sign > 0
    assert abs(found - asked) < step
    if (found - asked) * sign < 0:  # only where the tick towards the market is not this side of it
        assert (market - found) * sign <= step
