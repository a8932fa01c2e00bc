# file: tests/core/validation/lookahead/features.py
"""Features over a whole table of bars: those that know the future, and those that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats


@dataclass(frozen=True)
class Table:
    """What a careless strategy loads at once: bars of one coin, another's closes, funding and marks by bar."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    other: Floats
    funding: Floats
    mark: Floats


type Feature = Callable[[Table], Floats]


@dataclass(frozen=True)
class Leak:
    """A feature that knows the future: the columns the lab must name, one of them or more, and how many bars ahead.

    `far` None means beyond half of what is left. With `near` the distance depends on the time of the decision.
    """

    feature: Feature
    columns: str
    far: int | None
    near: int | None = None

    def allows(self, ahead: int | None) -> bool:
        """Whether this is how far ahead it reads."""
        if self.far == ANY:
            return True
        if ahead is None or self.far is None:
            return ahead == self.far
        return (self.far if self.near is None else self.near) <= ahead <= self.far


ANY = 10**9


def later(values: Floats, bars: int) -> Floats:
    """Shift back, the last known value where there is none."""
    return np.concatenate([values[bars:], np.full(min(bars, len(values)), values[-1])])


def earlier(values: Floats, bars: int) -> Floats:
    """Shift forward, the first value where there is none."""
    return np.concatenate([np.full(min(bars, len(values)), values[0]), values[: max(0, len(values) - bars)]])


def rolling(values: Floats, bars: int, of: Callable[[Floats], float], ahead: int = 0) -> Floats:
    """Apply `of` to the last `bars` values and the next `ahead`."""
    return np.array([of(values[max(0, i - bars + 1) : i + 1 + ahead]) for i in range(len(values))])


def expanding(values: Floats, of: Callable[[Floats], float]) -> Floats:
    """Apply `of` to all values so far."""
    return np.array([of(values[: i + 1]) for i in range(len(values))])


def blocks(values: Floats, size: int, of: Callable[[Floats], float]) -> Floats:
    """Give every bar of a block the number of the whole block."""
    return np.array([of(values[i - i % size : i - i % size + size]) for i in range(len(values))])


def second_day(values: Floats) -> Floats:
    """Leave out the first day, which has no yesterday."""
    return np.where(np.arange(len(values)) < 24, 0.0, values)


def ewm(values: Floats, decay: float) -> Floats:
    """Smooth exponentially."""
    found = values.copy()
    for i in range(1, len(found)):
        found[i] = decay * found[i - 1] + (1 - decay) * values[i]
    return found


def momentum(values: Floats, bars: int) -> Floats:
    return values - earlier(values, bars)


def best_of(table: Table, upto: Callable[[int], int]) -> Floats:
    """Follow the momentum whose length earned most up to a bar."""
    moves = np.diff(table.close, prepend=table.close[0])
    signals = [np.sign(momentum(table.close, bars)) for bars in (2, 5, 12)]
    earned = [np.cumsum(earlier(signal, 1) * moves) for signal in signals]
    size = len(table.close)
    return np.array([signals[int(np.argmax([e[min(upto(i), size - 1)] for e in earned]))][i] for i in range(size)])


def trend_line(values: Floats) -> Floats:
    x = np.arange(len(values), dtype=float)
    slope, level = np.polyfit(x, values, 1)
    return np.asarray(values - slope * x - level)


def low_pass(values: Floats) -> Floats:
    spectrum = np.fft.rfft(values)
    spectrum[8:] = 0
    return values - np.fft.irfft(spectrum, len(values))


def filled_back(values: Floats) -> Floats:
    """Keep every fourth value and fill the gaps from the next one."""
    index = np.minimum(-(-np.arange(len(values)) // 4) * 4, len(values) - 1)
    return values[index]


def interpolated(values: Floats) -> Floats:
    known = np.arange(0, len(values), 5)
    return np.interp(np.arange(len(values)), known, values[known])


def pivots(values: Floats, ahead: int) -> Floats:
    """1 at a low of three bars before and `ahead` after, -1 at a high."""
    size = len(values)
    windows = [values[max(0, i - 3) : i + 1 + ahead] for i in range(size)]
    return np.array([float(v == w.min()) - float(v == w.max()) for v, w in zip(values, windows, strict=True)])


def beta(table: Table, upto: Callable[[int], int]) -> Floats:
    x, y = np.diff(np.log(table.other), prepend=np.log(table.other[0])), np.log(table.close)
    moves = np.diff(y, prepend=y[0])
    found = []
    for i in range(len(x)):
        end = upto(i) + 1
        slope = float(x[:end] @ moves[:end]) / max(float(x[:end] @ x[:end]), 1e-12)
        found.append(moves[i] - slope * x[i])
    return np.array(found)


def mean(values: Floats) -> float:
    return float(values.mean())


END = 10**9

LEAKS: dict[str, Leak] = {
    "next close": Leak(lambda t: later(t.close, 1) - t.close, "close of BTC", 1),
    "next open": Leak(lambda t: later(t.open, 1) - t.open, "open of BTC", 1),
    "next high": Leak(lambda t: later(t.high, 1) - t.high, "high of BTC", 1),
    "next low": Leak(lambda t: later(t.low, 1) - t.low, "low of BTC", 1),
    "next volume": Leak(lambda t: later(t.volume, 1) - t.volume, "volume of BTC", 1),
    "close two bars ahead": Leak(lambda t: later(t.close, 2) - t.close, "close of BTC", 2),
    "close a day ahead": Leak(lambda t: later(t.close, 24) - t.close, "close of BTC", 24),
    "next range": Leak(lambda t: later(t.high - t.low, 1) - (t.high - t.low), "high of BTC, low of BTC", 1),
    "next typical price": Leak(
        lambda t: later(t.high + t.low + t.close, 1) - t.high - t.low - t.close,
        "high of BTC, low of BTC, close of BTC",
        1,
    ),
    "centred mean": Leak(lambda t: t.close - rolling(t.close, 3, mean, ahead=2), "close of BTC", 2),
    "centred deviation": Leak(
        lambda t: rolling(t.close, 4, np.std, ahead=3) - ewm(rolling(t.close, 4, np.std), 0.9), "close of BTC", 3
    ),
    "score of the whole sample": Leak(lambda t: (t.close - t.close.mean()) / t.close.std(), "close of BTC", None),
    "range of the whole sample": Leak(
        lambda t: (t.close - t.close.min()) / np.ptp(t.close) - 0.5, "close of BTC", None
    ),
    "rank in the whole sample": Leak(
        lambda t: np.argsort(np.argsort(t.close)) / len(t.close) - 0.5, "close of BTC", None
    ),
    "volume against its mean": Leak(lambda t: t.volume - t.volume.mean(), "volume of BTC", None),
    "volatility against its median": Leak(
        lambda t: rolling(t.close, 6, np.std) - np.median(rolling(t.close, 6, np.std)), "close of BTC", None
    ),
    "filled backwards": Leak(lambda t: filled_back(t.close) - earlier(t.close, 3), "close of BTC", 3, near=1),
    "interpolated": Leak(lambda t: momentum(interpolated(t.close), 1), "close of BTC", 5, near=1),
    "highest of the next ten": Leak(
        lambda t: rolling(t.high, 1, np.max, ahead=10) - t.close * 1.012, "high of BTC", 10, near=1
    ),
    "label as a feature": Leak(lambda t: np.sign(later(t.close, 5) - t.close), "close of BTC", 5),
    "four hour bar at its start": Leak(
        lambda t: blocks(t.close, 4, lambda b: float(b[-1])) - t.close, "close of BTC", 3, near=1
    ),
    "day's high at noon": Leak(lambda t: blocks(t.high, 24, np.max) * 0.99 - t.close, "high of BTC", 23, near=1),
    "day's low at noon": Leak(lambda t: blocks(t.low, 24, np.min) * 1.01 - t.close, "low of BTC", 23, near=1),
    "day's volume at noon": Leak(lambda t: blocks(t.volume, 24, mean) - t.volume, "volume of BTC", 23, near=1),
    "confirmed pivot": Leak(lambda t: pivots(t.close, 3), "close of BTC", 3, near=1),
    "smoothed both ways": Leak(lambda t: t.close - ewm(ewm(t.close, 0.8)[::-1], 0.8)[::-1], "close of BTC", ANY),
    "less its trend line": Leak(lambda t: trend_line(t.close), "close of BTC", None),
    "filtered in the whole": Leak(lambda t: low_pass(t.close), "close of BTC", None),
    "best length of the whole sample": Leak(lambda t: best_of(t, lambda _: END), "close of BTC", ANY),
    "beta of the whole sample": Leak(lambda t: beta(t, lambda _: END), "close of BTC, close of ETH", None),
    "towards the last row": Leak(lambda t: t.close[-1] - t.close, "close of BTC", None),
    "highest of what is left": Leak(
        lambda t: np.maximum.accumulate(t.close[::-1])[::-1] - t.close * 1.01, "close of BTC", ANY
    ),
    "half of the rows": Leak(lambda t: np.where(np.arange(len(t.close)) < len(t.close) // 2, 1.0, -1.0), "", ANY),
    "next close of the other": Leak(lambda t: later(t.other, 1) - t.other, "close of ETH", 1),
    "next funding": Leak(lambda t: later(t.funding, 8) - t.funding, "rate of BTC", 8),
    "next mark": Leak(lambda t: later(t.mark, 1) - t.mark, "price of BTC", 1),
}
"""Each by the name a person would give it."""

OF_TWO = frozenset(
    {
        "beta of the whole sample", "beta so far", "next close of the other", "the other's last close",
        "last funding", "last mark", "next funding", "next mark",
    }
)  # fmt: skip
"""Those that need the other coin, marks or funding."""

CLEAN: dict[str, Feature] = {
    "last close": lambda t: momentum(t.close, 1),
    "last open": lambda t: momentum(t.open, 1),
    "last high": lambda t: momentum(t.high, 1),
    "last low": lambda t: momentum(t.low, 1),
    "last volume": lambda t: momentum(t.volume, 1),
    "close two bars ago": lambda t: momentum(t.close, 2),
    "close a day ago": lambda t: momentum(t.close, 24),
    "range so far": lambda t: momentum(t.high - t.low, 1),
    "body": lambda t: t.close - t.open,
    "trailing mean": lambda t: t.close - rolling(t.close, 5, mean),
    "trailing deviation": lambda t: rolling(t.close, 4, np.std) - ewm(rolling(t.close, 4, np.std), 0.9),
    "score so far": lambda t: t.close - expanding(t.close, mean),
    "range of what was": lambda t: t.close - (expanding(t.close, np.min) + expanding(t.close, np.max)) / 2,
    "rank so far": lambda t: expanding(t.close, lambda v: float(np.mean(v <= v[-1]))) - 0.5,
    "volume against its mean so far": lambda t: t.volume - expanding(t.volume, mean),
    "volatility against its median so far": lambda t: (
        rolling(t.close, 6, np.std) - expanding(rolling(t.close, 6, np.std), lambda v: float(np.median(v)))
    ),
    "filled forwards": lambda t: t.close[np.arange(len(t.close)) // 4 * 4] - earlier(t.close, 4),
    "highest of the last ten": lambda t: t.close - rolling(t.high, 10, np.max) * 0.99,
    "lowest of the last ten": lambda t: t.close - rolling(t.low, 10, np.min) * 1.01,
    "four hour bar that closed": lambda t: t.close - earlier(t.close, 4)[np.arange(len(t.close)) // 4 * 4],
    "yesterday's high": lambda t: second_day(t.close - earlier(blocks(t.high, 24, np.max), 24) * 0.99),
    "yesterday's low": lambda t: second_day(t.close - earlier(blocks(t.low, 24, np.min), 24) * 1.01),
    "pivot confirmed later": lambda t: earlier(pivots(t.close, 3), 3),
    "smoothed": lambda t: t.close - ewm(t.close, 0.8),
    "smoothed twice": lambda t: ewm(t.close, 0.5) - ewm(ewm(t.close, 0.8), 0.8),
    "best length so far": lambda t: best_of(t, lambda i: i),
    "beta so far": lambda t: beta(t, lambda i: i),
    "sum of what was": lambda t: np.cumsum(t.close - expanding(t.close, mean)),
    "the other's last close": lambda t: momentum(t.other, 1),
    "last funding": lambda t: momentum(t.funding, 8),
    "last mark": lambda t: momentum(t.mark, 1),
    "alternating": lambda t: np.where(np.arange(len(t.close)) % 20 < 10, 1.0, -1.0),
}
"""The causal twins, computed over the same whole table."""
