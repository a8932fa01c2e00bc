# file: learning/checks/fault.py
"""One thing wrong with data to learn from, in words that name column and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.arrays import Ints
from tradingbot.core.portfolio.isotime import to_iso

__all__ = ["Fault", "refuse"]

_ROWS = 3
_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """`sentence` names the column and the rule; `rows` are the numbers of the rows that break it, from 0."""

    sentence: str
    rows: npt.NDArray[np.intp]

    def phrase(self, ts: Ints) -> str:
        """Return the sentence with the count and the first rows and their times (UTC)."""
        if not len(self.rows):
            return self.sentence
        first = ", ".join(f"{row} ({_time(ts, row)})" for row in self.rows[:_ROWS].tolist())
        count = len(self.rows)
        return f"{self.sentence} in {count} {'row' if count == 1 else 'rows'}: {first}{', ...' * (count > _ROWS)}"


def refuse(faults: Sequence[Fault], ts: Ints, where: str) -> None:
    """Raise when there are faults.

    Raises
    ------
    DataDefect
        Naming `where` and the first five faults.
    """
    if faults:
        more = [f"{len(faults) - _FAULTS} more"] if len(faults) > _FAULTS else []
        raise DataDefect(f"{where}: {'; '.join([*(fault.phrase(ts) for fault in faults[:_FAULTS]), *more])}")


def _time(ts: Ints, row: int) -> str:
    return to_iso(int(ts[row])) if ts.dtype == np.int64 else str(ts[row])
