# file: learning/watch.py
"""Follow one instrument's market data as it arrives, and know its features at the close of each bar.

What is known at a bar's close is decided here, for training and trading alike: the bar itself; the last quote before
it; of the leader the last bar that closed before this one did, since two bars of one instant come in any order; and
settlements of funding up to the bar's open, since later ones may arrive before or after it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tradingbot.core.market.arrays import Bars, Columns, Floats, Funding, Ints
from tradingbot.learning.features.featureset import FeatureSet
from tradingbot.learning.moments import Moments

__all__ = ["Watch", "code_of", "moments_of", "volatility", "watched"]

_NAN = math.nan


class Watch:
    """One instrument's features, fed by what a node receives.

    `step_ns` is the length of a bar. Values are NaN until the set is warm, and where what they need is missing.
    """

    def __init__(self, features: FeatureSet, step_ns: int) -> None:
        self._features = features
        self._step = step_ns
        self._spread = _NAN
        self._settled: list[tuple[int, float]] = []
        self._rate = _NAN
        self._leader: list[tuple[int, float]] = []
        self._led = _NAN
        self.ts = 0

    def quote(self, bid: float, ask: float) -> None:
        """Take in the best bid and ask."""
        self._spread = ask - bid

    def settled(self, ts: int, rate: float) -> None:
        """Take in a funding settlement."""
        self._settled.append((ts, rate))

    def led(self, ts: int, close: float) -> None:
        """Take in the close of the leader's bar."""
        self._leader.append((ts, close))

    def update(self, bar: Any) -> Floats:
        """Take in a Nautilus `Bar` and return the features at its close [k], in a buffer that the next one reuses."""
        ts = bar.ts_event
        self.ts = ts
        self._rate = _latest(self._settled, ts - self._step, self._rate)
        self._led = _latest(self._leader, ts - 1, self._led)
        values: Floats = self._features.update(
            ts,
            float(bar.open),
            float(bar.high),
            float(bar.low),
            float(bar.close),
            float(bar.volume),
            self._spread,
            self._rate,
            self._led,
        )
        return values


def watched(features: Sequence[str], bars: int) -> tuple[str, ...]:
    """Return the features to compute: the model's own, then the volatility of one bar over the last `bars`.

    The volatility is not there twice where it is one of the model's own.
    """
    return tuple(dict.fromkeys([*features, volatility(bars)]))


def volatility(bars: int) -> str:
    """Return the feature that barriers are measured by."""
    return f"realised {bars}"


def code_of(features: Sequence[str], bars: int) -> str:
    """Return the SHA-256 (hex) of the code that computes `watched`, whatever the instrument's decimals."""
    return FeatureSet(watched(features, bars), 0, 0).sha256


def moments_of(
    bars: Bars, step_ns: int, spread: Floats | None = None, funding: Funding | None = None, leader: Bars | None = None
) -> Moments:
    """Return what a `Watch` would have known at each bar [n]: the same rule, on whole columns.

    `spread` is ask less bid at each bar's close.
    """
    nothing = np.full(len(bars), _NAN)
    return Moments(
        bars.ts,
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        bars.volume,
        nothing if spread is None else spread,
        nothing if funding is None else _known(funding, funding.rate, bars.ts - step_ns),
        nothing if leader is None else _known(leader, leader.close, bars.ts - 1),
    )


def _known(columns: Columns, values: Floats, by: Ints) -> Floats:
    """Return the last of `values` whose stamp is at or before each of `by`."""
    found: npt.NDArray[np.int64] = np.searchsorted(columns.ts, by, side="right") - 1
    padded = np.concatenate([[_NAN], values])
    return np.asarray(padded[found + 1], dtype=np.float64)


def _latest(waiting: list[tuple[int, float]], by: int, so_far: float) -> float:
    while waiting and waiting[0][0] <= by:
        so_far = waiting.pop(0)[1]
    return so_far
