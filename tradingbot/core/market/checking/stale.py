# file: core/market/checking/stale.py
"""Bars that repeat the same prices for long: a feed that died without anyone noticing."""

from __future__ import annotations

import numpy as np

from tradingbot.core.market.arrays import Bars
from tradingbot.core.market.checking.runs import Runs
from tradingbot.core.market.checking.tally import Rows, Tally
from tradingbot.core.market.chunks import parts
from tradingbot.core.market.defects import Defect, DefectKind, Severity

__all__ = ["STALE_ROWS", "Stale"]

STALE_ROWS = 60
_FRESH, _REPEATED = 0, 1


class Stale:
    """Find at least 60 bars in a row with the open, high, low and close of the bar before."""

    def __init__(self) -> None:
        self._runs = Runs(STALE_ROWS, _FRESH)
        self._tail: tuple[float, ...] | None = None

    def feed(self, rows: Rows) -> None:
        """Look at the next rows."""
        bars = parts(rows.chunk)[0]
        if not isinstance(bars, Bars) or not len(bars):
            return
        same = np.ones(len(bars), np.int64)
        for index, column in enumerate((bars.open, bars.high, bars.low, bars.close)):
            same[1:] &= column[1:] == column[:-1]
            same[0] &= self._tail is not None and self._tail[index] == column[0]
        self._tail = tuple(float(column[-1]) for column in (bars.open, bars.high, bars.low, bars.close))
        self._runs.feed(same, rows.numbers, rows.ts)

    def defects(self) -> list[Defect]:
        """Return what was found."""
        tally, runs = Tally(), self._runs.found()
        for run in runs:
            tally.add(np.array([run.row]), np.array([run.ts]))
            tally.count += run.length - 1
        longest = max((run.length for run in runs), default=0)
        sentence = f"bars repeat the prices before them, {longest} in a row at most: a dead feed?"
        return tally.defect(DefectKind.STALE, Severity.WARN, sentence)
