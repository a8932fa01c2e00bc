# file: core/market/checking/settlements.py
"""What is wrong with the times of funding: settlements missing, too many, or not on the clock."""

from __future__ import annotations

import numpy as np

from tradingbot.core.market.arrays import Funding, Ints
from tradingbot.core.market.checking.order import is_absurd
from tradingbot.core.market.checking.tally import Rows, Tally
from tradingbot.core.market.defects import Defect, DefectKind, Severity, moment
from tradingbot.core.market.settlements import MINUTE, missing_settlements, on_schedule

__all__ = ["Settlements", "missing_defect"]

_AGREEMENT = 0.9
_SHORTEST = 60
_SHOWN = 3


class Settlements:
    """Hold the settlements of a series against their schedule: every so many minutes from 00:00 UTC.

    `longest` is the venue's usual interval in minutes; `period` the time (start, end] that has to be covered, in UTC
    nanoseconds, None for what lies between the first and the last.
    """

    def __init__(self, longest: int, period: tuple[int, int] | None) -> None:
        self._longest = longest
        self._period = period
        self._rows = 0
        self._off: dict[int, Tally] = {}
        self._parts: list[Funding] = []
        self._numbers: list[Ints] = []

    def feed(self, rows: Rows) -> None:
        """Look at the next settlements."""
        if not isinstance(rows.chunk, Funding):
            return
        sane = ~is_absurd(rows.ts)
        self._parts.append(rows.chunk.take(sane))
        self._numbers.append(rows.numbers[sane])
        self._rows += int(sane.sum())
        late = np.where(sane, (rows.ts + MINUTE // 2) // MINUTE % np.maximum(rows.chunk.interval, 1), 0)
        for offset in np.unique(late[late > 0]).tolist():
            self._off.setdefault(offset, Tally()).mark(late == offset, rows)

    def defects(self) -> list[Defect]:
        """Return what was found."""
        if not self._rows:
            return []
        whole = Funding.join(self._parts)
        order = np.argsort(whole.ts, kind="stable")
        ts, rows = whole.ts[order], np.concatenate(self._numbers)[order]
        funding = on_schedule(whole.take(order))
        if len(funding) > 2 and (apart := int(np.median(np.diff(funding.ts)) // MINUTE)) < _SHORTEST:
            return [_too_dense(int(rows[1]), int(ts[1]), len(funding), apart)]
        return self._gap(ts, rows, funding) + self._crooked()

    def _gap(self, ts: Ints, rows: Ints, funding: Funding) -> list[Defect]:
        start, end = self._period or (int(funding.ts[0]) - 1, int(funding.ts[-1]))
        missing = missing_settlements(funding, self._longest, start, end)
        due = len(missing) + int(((funding.ts > start) & (funding.ts <= end)).sum())
        if not len(missing):
            return []
        after = min(int(np.searchsorted(ts, missing[0])), len(ts) - 1)
        return [missing_defect(missing, due, int(rows[after]))]

    def _crooked(self) -> list[Defect]:
        off = sum(tally.count for tally in self._off.values())
        if not off:
            return []
        usual = max(self._off, key=lambda offset: self._off[offset].count)
        if self._off[usual].count >= _AGREEMENT * self._rows and usual % 60 == 0:
            return self._off[usual].defect(DefectKind.WRONG_TIMEZONE, Severity.REFUSE, _told(usual))
        first = min(self._off.values(), key=lambda tally: tally.row)
        crooked = Tally(off, first.row, first.ts)
        sentence = "the settlement is not at a multiple of its interval from 00:00 UTC"
        return crooked.defect(DefectKind.MISALIGNED, Severity.WARN, sentence)


def missing_defect(missing: Ints, due: int, row: int) -> Defect:
    """Return the finding that of `due` settlements these are absent; `row` is the first after one."""
    first = ", ".join(moment(ts)[:16] for ts in missing[:_SHOWN].tolist())
    more = ", ..." if len(missing) > _SHOWN else ""
    sentence = (
        f"{len(missing):,} of {due:,} settlements are missing ({len(missing) / due:.2%}), the last at "
        f"{moment(int(missing[-1]))[:16]}, the first at {first}{more}: a position held then pays and receives nothing"
    )
    return Defect(DefectKind.GAP, Severity.WARN, len(missing), row, int(missing[0]), sentence)


def _too_dense(row: int, ts: int, count: int, apart: int) -> Defect:
    sentence = (
        f"rows are {apart} minutes apart, and no venue settles more often than hourly: this is the indicative rate "
        "between settlements, and each row would be charged; keep the rows at the settlements alone"
    )
    return Defect(DefectKind.WRONG_STEP, Severity.REFUSE, count, row, ts, sentence)


def _told(offset: int) -> str:
    hours = offset // 60
    return (
        f"settlements are {hours} h past the multiples of their interval from 00:00 UTC: use --tz +{hours:02d}:00 "
        "if the file's clock is not UTC, or --on-defect keep if the venue settles at these hours"
    )
