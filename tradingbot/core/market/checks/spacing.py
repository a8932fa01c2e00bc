# file: core/market/checks/spacing.py
"""Spacing of bars: gaps, another bar length than declared, several lengths, stamps off the grid."""

from __future__ import annotations

from math import gcd

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.market.calendars.sessions import Session
from tradingbot.core.market.checks.defects import (
    Defect,
    DefectCounter,
    DefectKind,
    EqualRun,
    EqualRunCounter,
    Severity,
    moment,
)
from tradingbot.core.market.checks.order import Forward
from tradingbot.core.market.series import Step, length
from tradingbot.core.time import DAY, HOUR, MINUTE

MISSING_SHARE = 0.25
"""More bars than this absent within sessions refuse. Illiquid markets lack many honestly: LTC/USD on Bitfinex in 2018
has no trade in 19 % of its minutes."""

LONGEST_HOLE_DAYS = 7
"""A hole of more session time than this refuses: no outage of a venue lasted so long, part of the file is absent."""

LARGEST_HOLE_SHARE = 0.05
"""A hole of more than this share of all bars (and 10 bars at least) refuses: a part of the file is absent."""

_CLOCK_CHANGE_FROM = 4 * HOUR
_FINER_RUN = 3
_COARSER_RUN = 10
_HOLE_BARS = 10


class SpacingChecks:
    """Measure the distance of each row that moves time on from the latest row before it.

    Bars of four hours and more may shift by the hour that summer time takes. Where every bar was `asked` for, one that
    is absent is told and never refuses, and tells of no other bar length.
    """

    def __init__(self, step: Step, session: Session, asked: bool = False) -> None:
        self._step = step
        self._session = session
        self._asked = asked
        self._slack = HOUR if step.ns >= _CLOCK_CHANGE_FROM else 0
        self._unit = gcd(step.ns, 15 * MINUTE)
        self._lengths: dict[int, DefectCounter] = {}
        self._phases: dict[int, DefectCounter] = {}
        self._runs = EqualRunCounter(_FINER_RUN, step.ns)
        self._wide: list[Forward] = []

    def feed(self, forward: Forward) -> None:
        """Look at the next rows that move time on."""
        spaces = forward.ts - forward.before
        _count(self._lengths, spaces, forward)
        _count(self._phases, forward.ts % self._unit, forward)
        self._runs.feed(spaces, forward.rows, forward.ts)
        wide = spaces > self._step.ns + self._slack
        self._wide.append(Forward(*(column[wide] for column in forward)))

    def defects(self, rows: int, late: Ints) -> list[Defect]:
        """Return what was found in a file of `rows` rows; `late` are the stamps of rows that came too late."""
        if wrong := self._wrong_step():
            return wrong
        runs = [run for run in self._runs.runs() if self._is_other_step(run)]
        return [*self._gaps(rows, late, runs), *(self._mixed(runs) if runs else self._misaligned())]

    def _wrong_step(self) -> list[Defect]:
        """The commonest spacing is another than declared, and common enough to be the file's bar length."""
        total = sum(counter.count for counter in self._lengths.values())
        usual = max(self._lengths, key=lambda space: (self._lengths[space].count, -space), default=self._step.ns)
        if abs(usual - self._step.ns) <= self._slack or self._lengths[usual].count / total < 0.5:
            return []
        if self._asked and usual % self._step.ns == 0:
            return []
        sentence = f"rows are {length(usual)} apart, the declared bar length is {self._step}: use --bar {length(usual)}"
        return self._lengths[usual].defect(DefectKind.WRONG_STEP, Severity.REFUSE, sentence)

    def _is_other_step(self, run: EqualRun) -> bool:
        if run.value < self._step.ns - self._slack:
            return True
        whole = run.value % self._step.ns == 0 and run.value > self._step.ns + self._slack
        return whole and run.length >= _COARSER_RUN and not self._asked

    def _mixed(self, runs: list[EqualRun]) -> list[Defect]:
        counter = DefectCounter()
        for run in runs:
            counter.add(run.length, run.row, run.ts)
        others = ", ".join(length(value) for value in sorted({run.value for run in runs})[:5])
        sentence = f"stretches of rows are {others} apart in a file of {self._step} bars"
        return counter.defect(DefectKind.MIXED_STEP, Severity.REFUSE, sentence)

    def _misaligned(self) -> list[Defect]:
        counter, shown = DefectCounter(), 0
        for phase, some in sorted(self._phases.items()):
            if phase:
                shown = shown if counter.count and counter.row < some.row else phase
                counter.add(some.count, some.row, some.ts)
        sentence = f"the time is no multiple of {length(self._unit)}, the first by {length(shown)}"
        return counter.defect(DefectKind.MISALIGNED, Severity.REFUSE, sentence)

    def _gaps(self, rows: int, late: Ints, runs: list[EqualRun]) -> list[Defect]:
        empty = np.empty(0, np.int64)
        columns = zip((empty, empty, empty), *self._wide, strict=True)
        number, ts, before = (np.concatenate(column) for column in columns)
        missing = self._session.open_between(before, ts - self._slack, self._step.ns)
        missing = np.maximum(missing - (np.searchsorted(late, ts) - np.searchsorted(late, before, side="right")), 0)
        for run in runs:
            missing[(number >= run.row) & (number <= run.last)] = 0
        if not missing.any():
            return []
        number, ts, before, missing = (column[missing > 0] for column in (number, ts, before, missing))
        total, worst = int(missing.sum()), int(missing.argmax())
        severity = (
            Severity.REFUSE
            if not self._asked and self._is_too_much(int(missing[worst]), total, rows)
            else Severity.WARN
        )
        advice = ": fetch the absent part, or --on-defect keep" if severity is Severity.REFUSE else ""
        where = f"from {moment(int(before[worst]))} to {moment(int(ts[worst]))}"
        sentence = (
            f"{total} bars are absent while the market is open ({total / (total + rows):.2%}) in {len(number)} gaps; "
            f"the longest, of {missing[worst]} bars, is {where}{advice}"
        )
        return [Defect(DefectKind.GAP, severity, total, int(number[0]), int(ts[0]), sentence)]

    def _is_too_much(self, longest: int, total: int, rows: int) -> bool:
        expected = total + rows
        large = longest >= _HOLE_BARS and longest > LARGEST_HOLE_SHARE * expected
        return large or longest * self._step.ns > LONGEST_HOLE_DAYS * DAY or total > MISSING_SHARE * expected


def _count(counters: dict[int, DefectCounter], values: Ints, forward: Forward) -> None:
    distinct, first, counts = np.unique(values, return_index=True, return_counts=True)
    for value, index, count in zip(distinct.tolist(), first.tolist(), counts.tolist(), strict=True):
        counter = counters.setdefault(value, DefectCounter())
        counter.add(count, int(forward.rows[index]), int(forward.ts[index]))
