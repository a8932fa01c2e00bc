# file: core/market/checks/continuity.py
"""Continuity where new rows meet stored ones: the same level, spacing and unit of volume must go on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.calendars.sessions import FOREX, USEQUITY, Session
from tradingbot.core.market.checks.defects import Defect, DefectKind, Severity, moment
from tradingbot.core.market.checks.levels import FLOOR, NEAR_ROWS, jumps, kept, level_shift, ratio
from tradingbot.core.market.columns import Bars, Columns
from tradingbot.core.market.series import Series, length
from tradingbot.core.time import DAY, HOUR

VOLUME_FACTOR = 100.0
"""The usual volume may change by this factor across a seam, times the root of the days of a hole in it."""

_VOLUME_ROWS = 64
_FEWEST = 16
_UNEVEN = ((DAY, 6 * HOUR), (4 * HOUR, HOUR), (0, 0))
"""Days end at an early close now and then, bars of four hours shift with the clocks."""


class ContinuityChecks:
    """Follow the rows of a series in order of time, with a mark on new ones; judge where old meets new.

    Rows on either side are compared with up to 512 of the other, stored or new, so that a file that fills holes is held
    against both of its neighbours, whatever lies between. A defect's time is that of the new row at its first seam.
    """

    def __init__(self, series: Series, session: Session) -> None:
        self._step = None if series.step is None else series.step.ns
        self._session = session
        self._held: tuple[Columns, BoolArray] | None = None
        self._defects: dict[tuple[DefectKind, Severity], tuple[int, int, str]] = {}

    def feed(self, rows: Columns, fresh: BoolArray) -> None:
        """Look at the next rows; `fresh` is True where one is new, shape (n,)."""
        if not len(rows):
            return
        start = 1
        if self._held is not None:
            start = len(self._held[0])
            rows = type(rows).join([self._held[0], rows])
            fresh = np.concatenate([self._held[1], fresh])
        edges = np.flatnonzero(fresh[1:] != fresh[:-1]) + 1
        runs = np.diff(np.append(edges, len(rows)))[edges >= start]
        edges = edges[edges >= start]
        if self._step is not None:
            self._check_spacing(rows.ts, fresh, edges, self._step)
        self._check_levels(rows, fresh, edges, runs)
        near = np.sort(np.concatenate([np.flatnonzero(fresh)[-NEAR_ROWS:], np.flatnonzero(~fresh)[-NEAR_ROWS:]]))
        self._held = rows.take(near), fresh[near]

    def defects(self) -> Iterator[Defect]:
        """Yield what was found; rows are not counted here, `first_row` is 0."""
        for (kind, severity), (count, at, sentence) in self._defects.items():
            yield Defect(kind, severity, count, 0, at, sentence)

    def _check_spacing(self, ts: Ints, fresh: BoolArray, edges: Ints, step: int) -> None:
        slack = next(less for least, less in _UNEVEN if step >= least)
        apart = ts[edges] - ts[edges - 1]
        uneven = (apart > step) & (apart % step != 0) & (self._session is not USEQUITY and step <= HOUR)
        for wrong, bars, why in (
            (apart < step - slack, "a bar is", "another bar length, or stamps of the bars' other end?"),
            (uneven, "no whole number of bars of", "another clock, or bars that begin at another minute?"),
        ):
            for edge, space in zip(edges[wrong].tolist(), apart[wrong].tolist(), strict=True):
                sentence = f"{_seam(ts, fresh, edge)} are {length(space)} apart, {bars} {length(step)}: {why}"
                self._add(DefectKind.MIXED_STEP, Severity.REFUSE, ts, fresh, edge, sentence)
        absent = self._session.open_between(ts[edges - 1], ts[edges] - slack, step)
        for edge, count in zip(edges[absent > 0].tolist(), absent[absent > 0].tolist(), strict=True):
            where = f"between {_seam(ts, fresh, edge)}, {count} at this seam"
            sentence = f"bars are absent while the market is open {where}"
            self._add(DefectKind.GAP, Severity.WARN, ts, fresh, edge, sentence, count)

    def _check_levels(self, rows: Columns, fresh: BoolArray, edges: Ints, runs: Ints) -> None:
        of = {True: np.flatnonzero(fresh), False: np.flatnonzero(~fresh)}
        worth = (jumps(rows)[edges - 1] > FLOOR) | (runs >= _FEWEST)
        for edge, run in zip(edges[worth].tolist(), runs[worth].tolist(), strict=True):
            mine = of[bool(fresh[edge - 1])]
            stop = int(np.searchsorted(mine, edge))
            before = rows.take(mine[max(0, stop - NEAR_ROWS) : stop])
            after = rows.take(slice(edge, edge + min(run, NEAR_ROWS)))
            for kind, severity, sentence in self._compare(before, after, _seam(rows.ts, fresh, edge)):
                self._add(kind, severity, rows.ts, fresh, edge, sentence)

    def _compare(self, before: Columns, after: Columns, where: str) -> Iterator[tuple[DefectKind, Severity, str]]:
        if shift := level_shift(before, after):
            why = "another coin, a redenomination, another multiplier, a split? Import it as an instrument of its own"
            why += f", or delete what the catalog holds first{kept(shift)}"
            sentence = f"prices after the seam are {ratio(shift)} those before it, between {where}: {why}"
            yield DefectKind.LEVEL_SHIFT, Severity.REFUSE, sentence
        if isinstance(before, Bars) and isinstance(after, Bars) and self._step is not None:
            unit = Severity.WARN if self._session is FOREX else Severity.REFUSE
            yield from _compare_volumes(before, after, where, unit)

    def _add(
        self, kind: DefectKind, severity: Severity, ts: Ints, fresh: BoolArray, edge: int, sentence: str, count: int = 1
    ) -> None:
        new = (0, int(ts[edge if fresh[edge] else edge - 1]), sentence)
        known, at, first = self._defects.get((kind, severity), new)
        self._defects[kind, severity] = known + count, at, first


def _seam(ts: Ints, fresh: BoolArray, edge: int) -> str:
    left, right = ("the catalog's", "the file's") if fresh[edge] else ("the file's", "the catalog's")
    return f"{left} row of {moment(int(ts[edge - 1]))} and {right} of {moment(int(ts[edge]))}"


def _compare_volumes(
    before: Bars, after: Bars, where: str, unit: Severity
) -> Iterator[tuple[DefectKind, Severity, str]]:
    """Tell of another unit of volume: of ticks, which are few at night and decide no fill, it is only a warning."""
    left, right = before.volume[-_VOLUME_ROWS:], after.volume[:_VOLUME_ROWS]
    if min(len(left), len(right)) < _FEWEST:
        return
    if (left > 0).any() != (right > 0).any():
        sentence = (
            f"the volume is 0 on one side of the seam alone, between {where}: was it left out of one of the files?"
        )
        yield DefectKind.VOLUME_SHIFT, Severity.WARN, sentence
    if min((left > 0).sum(), (right > 0).sum()) < _FEWEST:
        return
    shift = float(np.log(np.median(right[right > 0]) / np.median(left[left > 0])))
    days = float(after.ts[0] - before.ts[-1]) / DAY
    if abs(shift) > np.log(VOLUME_FACTOR) + 0.5 * np.log(max(1.0, days)):
        why = "does one of them count the quote currency or contracts? Name the column with --column volume=NAME or "
        why += f"quote_volume=NAME{kept(abs(shift) - np.log(VOLUME_FACTOR))}"
        sentence = f"the usual volume after the seam is {ratio(shift)} that before it, between {where}: {why}"
        yield DefectKind.VOLUME_SHIFT, unit, sentence
