# file: learning/drift/budget.py
"""Share a month's allowed false alarms among the streams that may raise one."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MONTH", "Budget"]

MONTH = 30 * 86_400 * 1_000_000_000
"""30 days in ns."""

# ADWIN bounds one look at one window, but the next look differs little from it. How many looks a share must pay for was
# measured (bench/drift.py): this many times fewer than there are for means of batches, one a month for labels, whose
# bound is wider.
_LOOKS = 17


@dataclass(frozen=True, slots=True)
class Budget:
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
