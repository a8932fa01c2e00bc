# file: learning/features/featureset.py
"""Feature set: one compiled update from point-in-time bars to features, live and in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import ConfigError
from tradingbot.core.market.columns import Columns
from tradingbot.core.stateful import Stateful
from tradingbot.learning.features.catalogue import feature
from tradingbot.learning.features.compiledfeatures import OUT, compiled_fold, compiled_step, hash_of, plan_of, state_of


@dataclass(frozen=True, slots=True)
class PointInTimeBars(Columns):
    """One row a bar [n], each number known at the bar's close `ts`; NaN in the last three where there is none.

    `volume` is in base units; `spread` is ask minus bid of the last quote, in price units; `funding` the last settled
    rate, a fraction per interval; `leader` the last close of the instrument that leads this one.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    spread: Floats
    funding: Floats
    leader: Floats


_MOST_DIGITS = 12


class FeatureSet(Stateful):
    """The named features of one instrument, bar after bar.

    A value depends on the last `memory` bars alone, bit for bit, so a set that was fed `memory` bars agrees with one
    that was fed years. Until then, and for as long as a missing number is in a feature's window, the feature is NaN.
    Prices, the quoted spread and volumes are rounded to their digits first; a price that is not above 0 is missing.

    `names` are such as "momentum 24" or "volratio 12 96": the word of a feature, then its windows in bars.
    `price_digits` and `size_digits` are the instrument's, 0 to 12, `leader_digits` those of the leader's price.

    Raises ConfigError when there is no name, one is not a feature or comes twice, or the digits are not allowed.
    """

    state_names = ("_plan", "_ring", "_row")

    __slots__ = ("_digits", "_features", "_out", "_plan", "_ring", "_row", "_step", "memory", "names")

    def __init__(self, names: Sequence[str], price_digits: int, size_digits: int, leader_digits: int = 8) -> None:
        self._features = tuple(feature(name) for name in names)
        self._digits = (price_digits, size_digits, leader_digits)
        self.names = tuple(one.name for one in self._features)
        if not names:
            raise ConfigError("features were 0, allowed is 1 or more")
        for name in self.names:
            if (times := self.names.count(name)) > 1:
                raise ConfigError(f"feature {name!r} was named {times} times, allowed is once")
        for number in self._digits:
            if not 0 <= number <= _MOST_DIGITS:
                raise ConfigError(f"digits of a price or size were {number}, allowed is 0 to {_MOST_DIGITS}")
        self.memory = max(one.memory for one in self._features)
        self._step = compiled_step()
        self._plan = plan_of(self._features)
        self._ring, self._row = state_of(self._plan, *self._digits)
        self._out = self._row[OUT:]

    @property
    def sha256(self) -> str:
        """The hash of the features' code, names and digits: equal hashes make equal features."""
        return hash_of(self._features, *map(str, self._digits))

    def fresh(self) -> FeatureSet:
        """Return a set of the same features that has seen no bar."""
        return FeatureSet(self.names, *self._digits)

    def update(
        self,
        ts: int,
        open: float,
        high: float,
        low: float,
        close: float,
        volume: float,
        spread: float,
        funding: float,
        leader: float,
    ) -> Floats:
        """Take one bar, as a row of `PointInTimeBars`, and return the features [k].

        The array is the set's own and holds the next bar's features after the next update: copy what you keep.
        """
        self._step(ts, open, high, low, close, volume, spread, funding, leader, self._ring, self._plan, self._row)
        return self._out

    def fold(self, moments: PointInTimeBars) -> Floats:
        """Take all bars of `moments`, after those taken before, and return what `update` would have: [n, k]."""
        columns = [getattr(moments, name) for name in moments.__slots__]
        table = np.column_stack(columns).astype(np.float64, order="C", copy=False)
        out = np.empty((len(moments), len(self.names)))
        ts = np.array(moments.ts, dtype=np.int64)
        compiled_fold()(self._step, ts, table, self._ring, self._plan, self._row, out)
        return out

    def __reduce__(self) -> tuple[type[FeatureSet], tuple[tuple[str, ...], int, int, int]]:
        return FeatureSet, (self.names, *self._digits)
