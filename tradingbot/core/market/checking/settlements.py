# file: core/market/checking/settlements.py
"""What is wrong with the times of funding: settlements missing, or not on the clock."""

from __future__ import annotations

import numpy as np

from tradingbot.core.market.arrays import Funding, Ints
from tradingbot.core.market.checking.order import Forward
from tradingbot.core.market.checking.tally import Rows, Tally
from tradingbot.core.market.defects import Defect, DefectKind, Severity

__all__ = ["Settlements"]

_MINUTE = 60_000_000_000
_AGREEMENT = 0.9


class Settlements:
    """Compare settlement times, to the minute, with multiples of their interval from 00:00 UTC."""

    def __init__(self) -> None:
        self._rows = 0
        self._missing = Tally()
        self._off: dict[int, Tally] = {}
        self._tail: tuple[int, int] | None = None

    def feed(self, rows: Rows, forward: Forward) -> None:
        """Look at the next settlements."""
        if not isinstance(rows.chunk, Funding):
            return
        self._rows += len(rows.ts)
        interval = np.maximum(rows.chunk.interval, 1)
        late = _minutes(rows.ts) % interval
        for offset in np.unique(late[late > 0]).tolist():
            self._off.setdefault(offset, Tally()).mark(late == offset, rows)
        spaces = _minutes(forward.ts) - _minutes(forward.before)
        absent = (spaces - 1) // interval[forward.rows - rows.start]
        self._missing.add(forward.rows[absent > 0], forward.ts[absent > 0])
        self._missing.count += int(absent[absent > 1].sum() - (absent > 1).sum())

    def defects(self) -> list[Defect]:
        """Return what was found."""
        gap = self._missing.defect(DefectKind.GAP, Severity.WARN, "settlements are absent")
        off = sum(tally.count for tally in self._off.values())
        if not off:
            return gap
        usual = max(self._off, key=lambda offset: self._off[offset].count)
        if self._off[usual].count >= _AGREEMENT * self._rows and usual % 60 == 0:
            return gap + self._off[usual].defect(DefectKind.WRONG_TIMEZONE, Severity.REFUSE, _told(usual))
        first = min(self._off.values(), key=lambda tally: tally.row)
        crooked = Tally(off, first.row, first.ts)
        sentence = "the settlement is not at a multiple of its interval from 00:00 UTC"
        return gap + crooked.defect(DefectKind.MISALIGNED, Severity.WARN, sentence)


def _told(offset: int) -> str:
    hours = offset // 60
    return (
        f"settlements are {hours} h past the multiples of their interval from 00:00 UTC: use --tz +{hours:02d}:00 "
        "if the file's clock is not UTC, or --on-defect keep if the venue settles at these hours"
    )


def _minutes(ts: Ints) -> Ints:
    return (ts + _MINUTE // 2) // _MINUTE
