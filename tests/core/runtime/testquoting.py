# file: tests/core/runtime/testquoting.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.market.arrays import Bars
from tradingbot.core.runtime.quoting import path_quotes, sides_of

MINUTE, LATE = 60_000_000_000, 100_000_000
CLOSE = 1_736_121_600_000_000_000


def bar(opens: float, high: float, low: float, closes: float) -> Bars:
    columns = (np.array([value]) for value in (opens, high, low, closes, 8.0))
    opened, top, bottom, closed, volume = columns
    return Bars(np.array([CLOSE]), opened, top, bottom, closed, volume)


def test_a_bar_is_its_open_after_the_latency_its_extremes_at_the_thirds_and_its_close_just_before_the_end() -> None:
    middle = bar(100, 101, 95, 98)
    found = path_quotes(middle, bar(99, 100, 94, 97), bar(101, 102, 96, 99), MINUTE, LATE, np.array([2.0]))
    start = CLOSE - MINUTE
    assert found.ts.tolist() == [start + LATE, start + MINUTE // 3, start + 2 * (MINUTE // 3), CLOSE - 1_000]
    assert found.bid.tolist() == [99, 100, 94, 97]
    assert found.ask.tolist() == [101, 102, 96, 99]
    assert found.bid_size.tolist() == found.ask_size.tolist() == [2.0] * 4


@pytest.mark.parametrize(
    ("high", "low", "path"),
    [(101, 95, [100, 101, 95, 98]), (105, 99, [100, 99, 105, 98]), (102, 98, [100, 98, 102, 98])],
)
def test_the_extreme_nearer_to_the_open_comes_first_and_the_low_where_both_are_equally_near(
    high: float, low: float, path: list[float]
) -> None:
    middle = bar(100, high, low, 98)
    assert path_quotes(middle, middle, middle, MINUTE, LATE, np.array([1.0])).bid.tolist() == path


@given(latency=st.integers(0, MINUTE // 3 - 1), step=st.sampled_from([MINUTE, 5 * MINUTE, 7 * MINUTE + 1]))
def test_quotes_of_consecutive_bars_are_in_order_whatever_the_latency(latency: int, step: int) -> None:
    ts = CLOSE + step * np.arange(3)
    flat = np.full(3, 100.0)
    bars = Bars(ts, flat, flat, flat, flat, flat)
    assert np.all(np.diff(path_quotes(bars, bars, bars, step, latency, flat).ts) > 0)


def test_no_bars_are_no_quotes() -> None:
    nothing = bar(1, 1, 1, 1).take(slice(0, 0))
    assert len(path_quotes(nothing, nothing, nothing, MINUTE, LATE, nothing.volume)) == 0


@pytest.mark.parametrize(
    ("price", "half", "bid", "ask"),
    [
        (100.0, 0.0, 100.0, 100.0),
        (100.0, 0.1, 99.9, 100.1),
        (100.0, 0.04, 99.9, 100.1),
        (100.05, 0.05, 100.0, 100.1),
        (0.3, 0.1, 0.2, 0.4),
    ],
)
def test_a_side_is_half_the_spread_away_on_the_next_tick_outwards(
    price: float, half: float, bid: float, ask: float
) -> None:
    below, above = sides_of(bar(price, price, price, price), np.array([half]), 0.1)
    for name in ("open", "high", "low", "close"):
        assert getattr(below, name).round(9).tolist() == [bid]
        assert getattr(above, name).round(9).tolist() == [ask]


@given(ticks=st.integers(1, 10**7), half=st.floats(0, 50), tick=st.sampled_from([0.1, 0.01, 0.005, 0.00005]))
def test_the_sides_are_on_the_tick_and_never_narrower_than_the_spread(ticks: int, half: float, tick: float) -> None:
    price = ticks * tick
    below, above = sides_of(bar(price, price, price, price), np.array([half * tick]), tick)
    for side, sign in ((below, -1), (above, 1)):
        steps = side.close[0] / tick
        assert abs(steps - round(steps)) < 1e-3
        assert half - 1e-5 <= sign * (round(steps) - ticks) < half + 1
