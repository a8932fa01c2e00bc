# file: core/runtime/quoting.py
"""Quotes out of bars: the path a price took inside a bar, so that orders fill where and when they could have."""

from __future__ import annotations

import numpy as np

from tradingbot.core.market.arrays import Bars, Floats, Ints, Quotes

__all__ = ["path_quotes", "sides_of"]

_BEFORE_CLOSE = 1_000


def sides_of(middle: Bars, half: Floats, tick: float) -> tuple[Bars, Bars]:
    """Return bid and ask bars `half` beside the midpoint, rounded outwards to the tick."""

    def side(sign: int) -> Bars:
        rounding = np.ceil if sign > 0 else np.floor

        def shifted(price: Floats) -> Floats:
            return np.asarray(rounding((price + sign * half) / tick - sign * 1e-6) * tick)

        return Bars(
            middle.ts,
            shifted(middle.open),
            shifted(middle.high),
            shifted(middle.low),
            shifted(middle.close),
            middle.volume,
        )

    return side(-1), side(1)


def path_quotes(middle: Bars, bid: Bars, ask: Bars, step_ns: int, latency_ns: int, size: Floats) -> Quotes:
    """Return four quotes a bar: open, the nearer of high and low, the other, close.

    The open quote is stamped at the bar's start + latency, so that an order sent at the last bar's close arrives with
    it and fills at the open; the extremes lie at one and two thirds of the bar, the close a microsecond before its end.
    `size` is displayed on both sides.
    """
    rows = len(middle)
    high_first = np.abs(middle.high - middle.open) < np.abs(middle.open - middle.low)
    start = middle.ts - step_ns
    stamps = np.stack(
        [start + latency_ns, start + step_ns // 3, start + 2 * (step_ns // 3), middle.ts - _BEFORE_CLOSE], axis=1
    )

    def path(bars: Bars) -> Floats:
        first = np.where(high_first, bars.high, bars.low)
        second = np.where(high_first, bars.low, bars.high)
        return np.stack([bars.open, first, second, bars.close], axis=1).reshape(rows * 4)

    sizes = np.repeat(size, 4)
    flat: Ints = stamps.reshape(rows * 4)
    return Quotes(flat, path(bid), path(ask), sizes, sizes)
