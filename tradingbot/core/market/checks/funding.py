# file: core/market/checks/funding.py
"""Funding checks: settlements missing, too many or off schedule; rates in another unit than fractions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.market.checks.defects import Defect, DefectCounter, DefectKind, Rows, Severity, moment
from tradingbot.core.market.checks.order import is_absurd
from tradingbot.core.market.columns import Funding
from tradingbot.core.market.funding import (
    DEFAULT_MINUTES,
    ENOUGH,
    HIGHEST,
    LOWEST,
    likely_units,
    median_rate,
    missing_settlements,
    on_schedule,
    unlikely_zeros,
)
from tradingbot.core.time import MINUTE

JUMP = 30.0
"""From one week of settlements to the next, or the one after it, the median rate of a coin does not grow or shrink so
much and pass half of `HIGHEST`: a part of the series is in another unit."""

_AGREEMENT = 0.9
_SHORTEST = 60
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FundingTerms:
    """State the venue's usual `interval` in minutes and what else the checks of funding go by.

    `period` is the time (start, end] that has to be covered, UTC nanoseconds, None for nothing beyond the rows.
    `unit_known` tells that somebody stated what the rates are, or that they are stored already. `held` is what the
    catalog has.
    """

    interval: int = DEFAULT_MINUTES
    period: tuple[int, int] | None = None
    unit_known: bool = False
    held: Funding | None = None


class SettlementChecks:
    """Hold the settlements of a series against their schedule from 00:00 UTC; arguments as in `FundingTerms`."""

    def __init__(self, longest: int, period: tuple[int, int] | None) -> None:
        self._longest = longest
        self._period = period
        self._off: dict[int, DefectCounter] = {}
        self._parts: list[Funding] = []
        self._numbers: list[Ints] = []

    def feed(self, rows: Rows) -> None:
        if not isinstance(rows.chunk, Funding):
            return
        sane = ~is_absurd(rows.ts)
        self._parts.append(rows.chunk.take(sane))
        self._numbers.append(rows.numbers[sane])
        late = np.where(sane, (rows.ts + MINUTE // 2) // MINUTE % np.maximum(rows.chunk.interval, 1), 0)
        for offset in np.unique(late[late > 0]).tolist():
            self._off.setdefault(offset, DefectCounter()).mark(late == offset, rows)

    def defects(self) -> list[Defect]:
        if not sum(map(len, self._parts)):
            return []
        whole = Funding.join(self._parts)
        order = np.argsort(whole.ts, kind="stable")
        ts, rows = whole.ts[order], np.concatenate(self._numbers)[order]
        funding = on_schedule(whole.take(order))
        if len(funding) > 2 and (apart := int(np.median(np.diff(funding.ts)) // MINUTE)) < _SHORTEST:
            sentence = (
                f"rows are {apart} minutes apart, and no venue settles more often than hourly: this is the indicative "
                "rate between settlements, and each row would be charged; keep the rows at the settlements alone"
            )
            return [Defect(DefectKind.WRONG_STEP, Severity.REFUSE, len(funding), int(rows[1]), int(ts[1]), sentence)]
        return self._missing(ts, rows, funding) + self._off_schedule(len(ts))

    def _missing(self, ts: Ints, rows: Ints, funding: Funding) -> list[Defect]:
        start, end = self._period or (int(funding.ts[0]) - 1, int(funding.ts[-1]))
        missing = missing_settlements(funding, self._longest, start, end)
        if not len(missing):
            return []
        due = len(missing) + int(((funding.ts > start) & (funding.ts <= end)).sum())
        after = min(int(np.searchsorted(ts, missing[0])), len(ts) - 1)
        return [missing_defect(missing, due, int(rows[after]))]

    def _off_schedule(self, rows: int) -> list[Defect]:
        if not self._off:
            return []
        usual = max(self._off, key=lambda offset: self._off[offset].count)
        if self._off[usual].count >= _AGREEMENT * rows and usual % 60 == 0:
            hours = usual // 60
            sentence = (
                f"settlements are {hours} h past the multiples of their interval from 00:00 UTC: use --tz +{hours:02d}:"
                "00 if the file's clock is not UTC, or --on-defect keep if the venue settles at these hours"
            )
            return self._off[usual].defect(DefectKind.WRONG_TIMEZONE, Severity.REFUSE, sentence)
        every = DefectCounter()
        for some in self._off.values():
            every.add(some.count, some.row, some.ts)
        sentence = "the settlement is not at a multiple of its interval from 00:00 UTC"
        return every.defect(DefectKind.MISALIGNED, Severity.WARN, sentence)


def missing_defect(missing: Ints, due: int, row: int) -> Defect:
    """Return the finding that of `due` settlements these are absent; `row` is the first after one."""
    first = ", ".join(moment(ts)[:16] for ts in missing[:_SHOWN].tolist())
    more = ", ..." if len(missing) > _SHOWN else ""
    sentence = (
        f"{len(missing):,} of {due:,} settlements are missing ({len(missing) / due:.2%}), the last at "
        f"{moment(int(missing[-1]))[:16]}, the first at {first}{more}: a position held then pays and receives nothing"
    )
    return Defect(DefectKind.GAP, Severity.WARN, len(missing), row, int(missing[0]), sentence)


class RateUnitChecks:
    """Judge the unit of a series by the median of its rates, and by that of each `ENOUGH` rows beside the next.

    `held` are the settlements that the catalog has around the file. Refuse what does not look like fractions, unless a
    person `stated` the unit or the rows are stored already: then it is a warning.
    """

    def __init__(self, stated: bool, held: Funding | None = None) -> None:
        self._severity = Severity.WARN if stated else Severity.REFUSE
        self._stated = stated
        self._held = held
        self._parts: list[Funding] = []

    def feed(self, rows: Rows) -> None:
        if isinstance(rows.chunk, Funding):
            self._parts.append(rows.chunk)

    def defects(self) -> list[Defect]:
        if not self._parts:
            return []
        funding = Funding.join(self._parts)
        median = median_rate(funding)
        if median > HIGHEST:
            return [_wrong_unit(funding, 0, self._severity, self._too_high(funding, median))]
        return [*self._mixed(funding), *_too_little(funding, median)]

    def _too_high(self, funding: Funding, median: float) -> str:
        minutes = int(np.median(funding.interval)) if len(funding) >= ENOUGH else DEFAULT_MINUTES
        guesses = " or ".join(f"--unit {unit}" for unit in likely_units(median, max(minutes, 1)))
        then = (
            f"if they are not fractions, delete them and import them again with {guesses}"
            if self._stated
            else f"say what the numbers are, probably {guesses}; --unit fraction if they are right"
        )
        return (
            f"the median rate is {median:.4g} in eight hours, as a fraction {median:.2%} of the position each time; "
            f"usual is 0.01 %: {then}"
        )

    def _mixed(self, funding: Funding) -> list[Defect]:
        before, after = self._beside(funding)
        levels = np.array([median_rate(block) for block in (*before, *_blocks(funding), *after)])
        for apart in (1, 2):
            old, new = levels[:-apart], levels[apart:]
            high, low = np.maximum(old, new), np.minimum(old, new)
            jumps = np.flatnonzero((low > 0) & (high > HIGHEST / 2) & (high > JUMP * low))
            if len(jumps):
                row = max(0, min(int(jumps[0]) + apart - len(before), len(funding) // ENOUGH)) * ENOUGH
                sentence = (
                    f"the median rate of a week goes from {old[jumps[0]]:.2g} to {new[jumps[0]]:.2g}"
                    f"{', what the catalog holds beside it included' if before or after else ''}: are parts in "
                    "different units? Import each with its own --unit; --unit fraction if all are fractions"
                )
                return [_wrong_unit(funding, min(row, len(funding) - 1), self._severity, sentence)]
        return []

    def _beside(self, funding: Funding) -> tuple[list[Funding], list[Funding]]:
        held = self._held
        if held is None:
            return [], []
        before = held.take(held.ts < funding.ts.min()).take(slice(-2 * ENOUGH, None))
        after = held.take(held.ts > funding.ts.max()).take(slice(0, 2 * ENOUGH))
        return (_blocks(before) if len(before) else []), (_blocks(after) if len(after) else [])


def _blocks(funding: Funding) -> list[Funding]:
    """Return pieces of `ENOUGH` rows; what is left at the end is judged only where there is nothing else."""
    whole = len(funding) // ENOUGH
    return [funding.take(slice(row * ENOUGH, (row + 1) * ENOUGH)) for row in range(whole)] if whole else [funding]


def _too_little(funding: Funding, median: float) -> list[Defect]:
    order = np.argsort(funding.ts, kind="stable")
    zero = unlikely_zeros(funding.rate[order])
    defects = []
    if zeros := int(zero.sum()):
        sentence = f"{zeros:,} of {len(funding):,} rates are zero: funding looks free; were holes filled?"
        first = int(order[np.argmax(zero)])
        defects.append(Defect(DefectKind.ZERO_RATE, Severity.WARN, zeros, first, int(funding.ts[first]), sentence))
    if 0 < median < LOWEST and len(funding) >= ENOUGH:
        sentence = (
            f"the median rate is {median:.2g} in eight hours, usual is 0.0001: funding looks free; were percentages "
            "or basis points divided twice?"
        )
        defects.append(_wrong_unit(funding, 0, Severity.WARN, sentence))
    return defects


def _wrong_unit(funding: Funding, row: int, severity: Severity, sentence: str) -> Defect:
    return Defect(DefectKind.WRONG_UNIT, severity, len(funding) - row, row, int(funding.ts[row]), sentence)
