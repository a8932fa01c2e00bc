# file: learning/features/featurestream.py
"""Feature stream: one instrument's features from data as it arrives, and the same for its whole history.

What is known at a bar's close is decided here, for training and trading alike: the bar itself; the last quote before
it; of the leader the last bar that closed before this one did, since two bars of one instant come in any order; and
settlements of funding up to the bar's open, since later ones may arrive before or after it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Bars, Columns, Funding
from tradingbot.core.stateful import Stateful
from tradingbot.learning.features.featureset import FeatureSet, PointInTimeBars


class FeatureStream(Stateful):
    """One instrument's features, fed by what a node receives.

    `step_ns` is the length of a bar. Values are NaN until the set is warm, and where what they need is missing.
    """

    state_names = ("_features", "_spread", "_settled", "_rate", "_leader", "_led", "ts")

    def __init__(self, features: FeatureSet, step_ns: int) -> None:
        self._features = features
        self._step = step_ns
        self._spread = math.nan
        self._settled: list[tuple[int, float]] = []
        self._rate = math.nan
        self._leader: list[tuple[int, float]] = []
        self._led = math.nan
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
        ohlcv = (float(bar.open), float(bar.high), float(bar.low), float(bar.close), float(bar.volume))
        return self._features.update(ts, *ohlcv, self._spread, self._rate, self._led)


def features_with_volatility(features: Sequence[str], bars: int) -> tuple[str, ...]:
    """Return the features to compute: the model's own, then the volatility of one bar over the last `bars`.

    The volatility is not there twice where it is one of the model's own.
    """
    return tuple(dict.fromkeys([*features, volatility_feature(bars)]))


def volatility_feature(bars: int) -> str:
    """Return the feature that barriers are measured by."""
    return f"realised {bars}"


def feature_code_hash(features: Sequence[str], bars: int) -> str:
    """Return the SHA-256 (hex) of the code of these features and the volatility, whatever the instrument's decimals."""
    return FeatureSet(features_with_volatility(features, bars), 0, 0).sha256


def point_in_time_bars(
    bars: Bars, step_ns: int, spread: Floats | None = None, funding: Funding | None = None, leader: Bars | None = None
) -> PointInTimeBars:
    """Return what a `FeatureStream` would have known at each bar [n]: the same rule, on whole columns.

    `spread` is ask less bid at each bar's close.
    """
    ohlcv = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    missing = np.full(len(bars), math.nan)
    return PointInTimeBars(
        bars.ts,
        *ohlcv,
        missing if spread is None else spread,
        missing if funding is None else _known(funding, funding.rate, bars.ts - step_ns),
        missing if leader is None else _known(leader, leader.close, bars.ts - 1),
    )


def _known(columns: Columns, values: Floats, by: Ints) -> Floats:
    """Return the last of `values` whose stamp is at or before each of `by`."""
    padded = np.concatenate([[math.nan], values])
    return np.asarray(padded[np.searchsorted(columns.ts, by, side="right")], dtype=np.float64)


def _latest(waiting: list[tuple[int, float]], by: int, so_far: float) -> float:
    while waiting and waiting[0][0] <= by:
        so_far = waiting.pop(0)[1]
    return so_far


@dataclass(frozen=True, slots=True)
class InstrumentHistory:
    """An instrument's history: what was known at each bar, its decimals, and the cost of a round trip (fraction)."""

    instrument: str
    moments: PointInTimeBars
    price_digits: int
    size_digits: int
    cost: float

    @property
    def bars(self) -> Bars:
        """The bars alone."""
        known = self.moments
        return Bars(known.ts, known.open, known.high, known.low, known.close, known.volume)


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """A history with its features [n, k] and the volatility of one bar [n].

    `code_sha256` is the code that made them; values from position `memory` on depend on no bar before the history.
    """

    slice: InstrumentHistory
    names: tuple[str, ...]
    values: Floats
    volatility: Floats
    code_sha256: str
    memory: int

    @property
    def warm(self) -> Ints:
        """The positions of the rows that can be learned from."""
        return np.flatnonzero(np.isfinite(self.values).all(axis=1) & np.isfinite(self.volatility))


def compute_features(piece: InstrumentHistory, names: Sequence[str], volatility_bars: int) -> FeatureTable:
    """Compute the features of a history by the code that computes them in a run.

    Raises BadInput when no row has every feature: the history is shorter than their memory, or what they need is
    missing.
    """
    features = FeatureSet(features_with_volatility(names, volatility_bars), piece.price_digits, piece.size_digits)
    values = features.fold(piece.moments)
    volatility = values[:, features.names.index(volatility_feature(volatility_bars))]
    code = feature_code_hash(names, volatility_bars)
    table = FeatureTable(piece, tuple(names), values[:, : len(names)], volatility, code, features.memory)
    if not len(table.warm):
        lacking = [name for name, column in zip(names, values.T, strict=False) if not np.isfinite(column).any()]
        raise BadInput(
            f"{piece.instrument}: {len(values)} bars gave no row with every feature, allowed are more than the"
            f" {features.memory} that they remember; never there were {', '.join(lacking[:5]) or 'none'}"
        )
    return table
