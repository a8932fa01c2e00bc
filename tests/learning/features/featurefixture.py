# file: tests/learning/features/featurefixture.py
"""Seeded markets for the features' tests, and which features to try on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.catalogue import ALL
from tradingbot.learning.features.feature import Feature
from tradingbot.learning.features.featureset import FeatureSet, PointInTimeBars

COLUMNS = ("open", "high", "low", "close", "volume", "spread", "funding", "leader")
PRICE_DIGITS, SIZE_DIGITS = 2, 3
HOUR = 3_600_000_000_000
SUNDAY = 1_704_067_200_000_000_000 - 24 * HOUR


def every() -> Iterator[Feature]:
    """Yield each feature with the shortest windows it takes, with usual ones and with long ones."""
    for kind in ALL.values():
        if not kind.takes:
            yield kind()
        elif len(kind.takes) == 1:
            yield from (kind((window,)) for window in (kind.shortest, 7, 24))
        else:
            yield from (kind(windows) for windows in ((kind.shortest, kind.shortest + 1), (3, 10), (12, 31)))


NAMES = tuple(dict.fromkeys(one.name for one in every()))


def names_of(word: str) -> list[str]:
    """Return the names of NAMES with this word."""
    return [name for name in NAMES if name.split()[0] == word]


def made(names: tuple[str, ...] | list[str] = NAMES) -> FeatureSet:
    """Return a set of `names` with the digits of `market`."""
    return FeatureSet(names, PRICE_DIGITS, SIZE_DIGITS)


def market(seed: int, bars: int = 120) -> PointInTimeBars:
    """Return a random market on its digits, with flat bars, bars without volume, quotes, funding and a leader."""
    rng = np.random.default_rng(seed)
    step = rng.normal(0, 0.004, bars) * (rng.random(bars) > 0.1)
    close = np.round(100 * np.exp(np.cumsum(step)), PRICE_DIGITS)
    open_ = np.concatenate([[100.0], close[:-1]])
    reach = rng.exponential(0.2, (2, bars)) * (rng.random(bars) > 0.1)
    high = np.round(np.maximum(open_, close) + reach[0], PRICE_DIGITS)
    low = np.round(np.minimum(open_, close) - reach[1], PRICE_DIGITS)
    volume = np.round(rng.exponential(50, bars) * (rng.random(bars) > 0.1), SIZE_DIGITS)
    spread = np.round(rng.exponential(0.03, bars), PRICE_DIGITS)
    funding = np.repeat(rng.normal(1e-4, 1e-4, -(-bars // 8)), 8)[:bars]
    leader = np.round(40_000 * np.exp(np.cumsum(0.7 * step + rng.normal(0, 0.003, bars))), 1)
    ts = SUNDAY + HOUR * np.arange(int(rng.integers(200)), bars + 200)[:bars]
    return PointInTimeBars(ts, open_, high, low, close, volume, spread, funding, leader)


def changed(moments: PointInTimeBars, column: str, place: int | slice, value: float | Floats) -> PointInTimeBars:
    """Return `moments` with other values in one column."""
    values = np.array(getattr(moments, column))
    values[place] = value
    return replace(moments, **{column: values})


def updated(features: FeatureSet, moments: PointInTimeBars) -> Floats:
    """Return what the live way makes of `moments`: one update after the other."""
    rows = zip(moments.ts.tolist(), *(getattr(moments, column).tolist() for column in COLUMNS), strict=True)
    return np.array([features.update(*row).copy() for row in rows]).reshape(len(moments), len(features.names))


def same(one: Floats, other: Floats) -> bool:
    """Whether two tables are the same bits, every NaN alike."""
    return bool(
        np.array_equal(np.isnan(one), np.isnan(other))
        and one[~np.isnan(one)].tobytes() == other[~np.isnan(other)].tobytes()
    )


def closes(close: list[float], volume: list[float] | None = None) -> PointInTimeBars:
    """Return hourly bars that are nothing but a close and, where given, a volume."""
    level, none = np.array(close, dtype=np.float64), np.full(len(close), np.nan)
    sizes = np.ones(len(close)) if volume is None else np.array(volume, dtype=np.float64)
    return PointInTimeBars(HOUR * np.arange(len(close)), level, level, level, level, sizes, none, none, none)


def last(name: str, moments: PointInTimeBars) -> float:
    """Return a feature's value at the last bar."""
    return float(made([name]).fold(moments)[-1, 0])
