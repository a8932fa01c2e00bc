# file: learning/drift/falsealarms.py
"""False-alarm control: a monthly budget shared among streams, Holm's correction, cooldown after an alarm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats
from tradingbot.core.time import DAY

MONTH = 30 * DAY
"""30 days in ns."""

# ADWIN bounds one look at one window, but the next look differs little from it. How many looks a share must pay for was
# measured (bench/drift.py): this many times fewer than there are for means of batches, one a month for labels, whose
# bound is wider.
_LOOKS = 17


@dataclass(frozen=True, slots=True)
class FalseAlarmBudget:
    """`level` false alarms in 30 days: a quarter each for features, prediction, label rate and coverage.

    Features and prediction are watched by two detectors, which halve their quarter.
    """

    level: float

    @property
    def coverage(self) -> float:
        """The coverage test's share of a month."""
        return self.level / 4

    def psi(self, passed: float) -> float:
        """Return the level of a family's test after the share `passed` of a month."""
        return self.level / 8 * min(1.0, passed)

    def adwin(self, passed: float, streams: int) -> float:
        """Return ADWIN's delta for one of a family's `streams`."""
        return self.level / 8 / streams * min(1.0, _LOOKS * passed)

    @property
    def label(self) -> float:
        """ADWIN's delta for the labels."""
        return self.level / 4


class Cooldown:
    """Cooldown of one stream: after an alarm none is news for `cooldown` ns, nor before the stream has recovered."""

    def __init__(self, cooldown: int) -> None:
        self._cooldown = cooldown
        self._until = 0
        self._drifted = False

    def recovered(self) -> None:
        """Note that the stream looks like training again."""
        self._drifted = False

    def may_alarm(self, ts: int) -> bool:
        """Return whether an alarm at `ts` is news."""
        return not self._drifted and ts >= self._until

    def alarmed(self, ts: int, *, until_recovered: bool) -> None:
        """Note an alarm; with `until_recovered`, nothing is news before `recovered` is called."""
        self._until = ts + self._cooldown
        self._drifted = until_recovered


def holm(p: Floats, level: float) -> BoolArray:
    """Return which of the p-values [k] are too small to be chance, NaN for one that is not judged: [k].

    The chance of one or more false ones is at most `level`, however the values depend on each other. Source: S. Holm, A
    Simple Sequentially Rejective Multiple Test Procedure, 1979.
    """
    rejected = np.zeros(len(p), dtype=np.bool_)
    judged = np.flatnonzero(np.isfinite(p))
    for rank, place in enumerate(judged[np.argsort(p[judged], kind="stable")]):
        if p[place] > level / (len(judged) - rank):
            break
        rejected[place] = True
    return rejected
