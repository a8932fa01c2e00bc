# file: core/market/download/pipeline.py
"""Download pipeline: ask for what the catalog lacks, count what came, and import each window as a file would be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.origins import Interval, Origin, origins, require_one_venue
from tradingbot.core.market.catalog.parquet import read_rows
from tradingbot.core.market.checks.defects import moment
from tradingbot.core.market.chunks import Chunk, cut
from tradingbot.core.market.columns import Bars, Columns, Funding, Kind, Marks, PriceSide, Trades
from tradingbot.core.market.download.report import DownloadReport
from tradingbot.core.market.download.windows import grid, outside, period, stretches, windows
from tradingbot.core.market.funding import DEFAULT_MINUTES, RateUnit, missing_settlements, on_schedule, scheduled
from tradingbot.core.market.importers.importpipeline import ImportPipeline
from tradingbot.core.market.importers.importreport import ImportResult, OnDefect
from tradingbot.core.market.importers.opening import settlements_of
from tradingbot.core.market.importers.recipe import Source
from tradingbot.core.market.instruments.listings import Listing
from tradingbot.core.market.instruments.venueterms import VenueTerms, term_differences
from tradingbot.core.market.series import Series, Step
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.time import DAY, MINUTE

_SURE = DAY
"""What is missing so long before the venue's present stays missing; what is newer may still come."""

_NEIGHBOURS = 10 * DAY
_PUBLISHED = MINUTE
"""A settlement is listed within this time."""


class History(Protocol):
    """A venue's market data of the past. Stamps are UTC nanoseconds; bars and marks are stamped at their close."""

    @property
    def venue(self) -> str:
        """Whose data it is, for people."""

    def endpoint(self, kind: Kind) -> str:
        """Return the address of rows of this kind."""

    def now(self) -> int:
        """Return the venue's time."""

    def closed_until(self, name: str, kind: Kind, step: Step) -> int:
        """Return when the last closed bar closed."""

    def bars(self, name: str, step: Step, first: int, last: int, advance: Progress = no_progress) -> Bars:
        """Return the bars of an interval, both ends included; none that is under way."""

    def marks(self, name: str, step: Step, first: int, last: int, advance: Progress = no_progress) -> Marks:
        """Return the mark prices of an interval."""

    def funding(self, name: str, first: int, last: int) -> Funding:
        """Return the settlements of an interval, their intervals 0."""

    def trades(self, name: str) -> Trades:
        """Return the last trades there are."""

    def terms(self, names: list[str]) -> dict[str, VenueTerms]:
        """Return the terms of those of `names` that the venue lists."""


@dataclass(frozen=True, slots=True)
class DownloadOrder:
    """What to bring: `start` to `end` in UTC nanoseconds, None for as late as there is; `again` asks for what the
    catalog holds, too. `step` is that of bars and marks, None for other kinds."""

    listing: Listing
    kind: Kind
    step: Step | None
    start: int
    end: int | None = None
    on_defect: OnDefect = OnDefect.REFUSE
    again: bool = False


class DownloadPipeline:
    """Bring one series into a catalog; `advance` is called with (rows of the period seen to, all of them)."""

    def __init__(self, history: History, catalog: Catalog, order: DownloadOrder, advance: Progress) -> None:
        self._history = history
        self._catalog = catalog
        self._order = order
        self._advance = advance
        self._name = order.listing.id
        sided = (order.step, PriceSide.LAST) if order.kind is Kind.BARS else ()
        self._series = Series(order.kind, self._name, *sided)
        self._rule = _funding_rule(order.listing) if order.kind is Kind.FUNDING else _grid_rule(order.step)
        self._results: list[ImportResult] = []
        self._missing: list[Interval] = []
        self._notes: list[str] = []
        self._due = self._asked = self._came = self._lacking = 0
        self._now = 0

    def run(self) -> DownloadReport:
        """Download window after window; a refused one ends it.

        Every window is stored, or not, with a record of what was asked for, so that a process that is killed goes on
        after the last one that was stored.

        Raises RunFailed when the venue does not answer, BadInput when the series is of another environment, DataDefect
        and BadInput as `ImportPipeline.run`.
        """
        require_one_venue(self._catalog.path, self._series, self._history.venue)
        self._now = self._history.now()
        if self._order.kind is Kind.TRADES:
            return self._trades()
        first, last = self._period()
        for window in windows(first, last, self._rule.tile_ns):
            if not self._window(window, first, last):
                break
            self._advance(window[1] - first, last - first)
        return self._report(first, last)

    def _period(self) -> Interval:
        order, name = self._order, self._name
        start, terms = order.start, self._history.terms([name]).get(name)
        if terms is None:
            self._notes.append(f"{name} is not listed at {self._history.venue} today")
        else:
            self._notes += [str(each) for each in term_differences(order.listing, terms) if each.blocks]
            if terms.listed_ns is not None and terms.listed_ns > start:
                start = terms.listed_ns
                self._notes.append(f"{name} trades since {moment(start)}; nothing was asked for before")
        if order.step is None:
            closed = self._now - _PUBLISHED
        else:
            closed = self._history.closed_until(name, order.kind, order.step)
        end = closed if order.end is None else min(order.end, closed)
        first, last = self._rule.period(start, end)
        if first > last:
            self._notes.append(f"nothing is due: the venue's last closed row is of {moment(closed)}")
        return first, last

    def _window(self, window: Interval, first: int, last: int) -> bool:
        """See to one window; tell whether what it lacked was stored."""
        rule, again = self._rule, self._order.again
        held = read_rows(self._catalog.path, self._series, window[0] - rule.near, window[1] + rule.near)
        ours = held.take(slice(0, 0)) if again else held
        # A minute that a feed did not hear stays absent: its node traded without it.
        told = [] if again else origins(self._catalog.path, self._series)
        known = [stretch for origin in told for stretch in origin.missing]
        wanted = outside(rule.lacking(ours, window), known)
        inside = held.ts[(held.ts >= window[0]) & (held.ts <= window[1])]
        self._due += len(np.union1d(inside, rule.lacking(held, window)))
        if not len(wanted):
            return True

        def seen(done: int, total: int) -> None:
            share = done / total if total else 1
            self._advance(window[0] - first + round(share * (window[1] - window[0])), last - first)

        asked = stretches(wanted, rule.apart_ns)
        rows = _ordered([self._fetch(stretch, window, ours, seen) for stretch in asked])
        missing = self._still(wanted, ours, rows, known)
        if len(missing):
            more = [self._fetch(each, window, ours, no_progress) for each in stretches(missing, rule.apart_ns)]
            rows = _ordered([rows, *(each.take(~np.isin(each.ts, rows.ts)) for each in more)])
            missing = self._still(wanted, ours, rows, known)
        came = len(np.unique(rows.ts))
        self._asked += came + len(missing)
        self._came += came
        self._lacking += len(missing)
        self._missing += stretches(missing, rule.apart_ns)
        return self._stored(rows, missing, asked)

    def _still(self, wanted: Ints, held: Columns, came: Columns, known: list[Interval]) -> Ints:
        """Return the stamps that were wanted and did not come."""
        return outside(self._rule.lacking(_ordered([held, came]), (int(wanted[0]), int(wanted[-1]))), known)

    def _fetch(self, stretch: Interval, window: Interval, held: Columns, seen: Progress) -> Columns:
        history, order, name = self._history, self._order, self._name
        if order.step is not None:
            fetch = history.marks if order.kind is Kind.MARKS else history.bars
            return fetch(name, order.step, *stretch, seen)
        # Settlements may be due between those that are known to be, and are listed some milliseconds late.
        first = max(stretch[0] - self._rule.apart_ns, window[0]) - MINUTE
        last = min(stretch[1] + self._rule.apart_ns, window[1]) + MINUTE
        rows = history.funding(name, first, last)
        due = scheduled(rows.ts)
        return rows.take((due >= window[0]) & (due <= window[1]) & ~np.isin(due, held.ts))

    def _stored(self, rows: Columns, missing: Ints, asked: list[Interval]) -> bool:
        kind, step, endpoint = self._order.kind, self._order.step, self._history.endpoint(self._order.kind)
        sure = stretches(missing[missing < self._now - _SURE], self._rule.apart_ns)
        noted = tuple(
            Origin("download", endpoint, self._now, first, last, _within(sure, first, last), self._history.venue)
            for first, last in asked
        )
        if not len(rows):
            with self._catalog.writing() as writer:
                for origin in noted:
                    writer.note(self._series, origin, self._rule.apart_ns)
            return True
        chunk = cast("Chunk", self._with_intervals(rows) if isinstance(rows, Funding) else rows)
        source = Source(
            Path(endpoint), "bybit", kind, step, len(rows), (), lambda: cut(chunk), unit_known=True, origins=noted
        )
        pipeline = ImportPipeline(source, self._order.listing, self._now, no_progress)
        result = pipeline.run(self._catalog, self._order.on_defect)
        self._results.append(result)
        return not result.refused

    def _with_intervals(self, rows: Funding) -> Funding:
        """Return settlements with the interval that their neighbours tell, those of the catalog among them."""
        near = self._catalog.funding(self._name, int(rows.ts[0]) - _NEIGHBOURS, int(rows.ts[-1]) + _NEIGHBOURS)
        near = near.take(~np.isin(near.ts, scheduled(rows.ts)))
        both = Funding.join([replace(near, interval=np.zeros(len(near), np.int64)), rows])
        both = both.take(np.argsort(both.ts, kind="stable"))
        told = Funding.join([cast("Funding", each) for each in settlements_of(iter([both]), RateUnit.FRACTION)])
        return told.take(np.isin(told.ts, scheduled(rows.ts)))

    def _trades(self) -> DownloadReport:
        rows = self._history.trades(self._name)
        last = rows.ts[-1] if len(rows) else 0
        held = self._catalog.span(self._name, Kind.TRADES)
        if held is not None:
            rows = rows.take(rows.ts > held[1])
        if len(rows) and rows.ts[0] > self._order.start > 0:
            self._notes.append(f"the oldest trade that came is of {moment(int(rows.ts[0]))}, after --start")
        rows = rows.take(rows.ts >= self._order.start)
        self._due = self._asked = self._came = len(rows)
        self._notes.append(
            "trades have no history at the API: the newest thousand came (60 in spot); `data import` reads the "
            "venue's public archives"
        )
        if len(rows):
            self._stored(rows, np.empty(0, np.int64), [(int(rows.ts[0]), int(rows.ts[-1]))])
        return self._report(int(rows.ts[0]) if len(rows) else 0, int(last))

    def _report(self, first: int, last: int) -> DownloadReport:
        return DownloadReport(
            venue=self._history.venue,
            endpoint=self._history.endpoint(self._order.kind),
            catalog=str(self._catalog.path),
            instrument=self._name,
            kind=str(self._order.kind),
            step=str(self._order.step or ""),
            first=first,
            last=last,
            due=self._due,
            asked=self._asked,
            came=self._came,
            missing=tuple(self._missing),
            missing_rows=self._lacking,
            windows=tuple(self._results),
            notes=tuple(self._notes),
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    """Which rows are due: `lacking` are those of a window that are not among the given ones, which reach `near` beyond.

    Windows are `tile_ns` apart, rows that follow one another at most `apart_ns`.
    """

    tile_ns: int
    apart_ns: int
    near: int
    period: Callable[[int, int], Interval]
    lacking: Callable[[Columns, Interval], Ints]


def _grid_rule(step: Step | None) -> _Rule:
    ns = MINUTE if step is None else step.ns
    return _Rule(
        ns,
        ns,
        0,
        lambda start, end: period(start, end, ns),
        lambda held, window: np.setdiff1d(grid(*window, ns), held.ts),
    )


def _funding_rule(listing: Listing) -> _Rule:
    longest = listing.funding_minutes or DEFAULT_MINUTES

    def lacking(held: Columns, window: Interval) -> Ints:
        return missing_settlements(on_schedule(cast("Funding", held)), longest, window[0] - 1, window[1])

    return _Rule(MINUTE, longest * MINUTE, _NEIGHBOURS, lambda start, end: (start, end), lacking)


def _ordered(parts: list[Columns]) -> Columns:
    rows = type(parts[0]).join(parts)
    return rows.take(np.argsort(rows.ts, kind="stable"))


def _within(intervals: list[Interval], first: int, last: int) -> tuple[Interval, ...]:
    return tuple((max(begin, first), min(end, last)) for begin, end in intervals if begin <= last and end >= first)
