# file: core/runtime/livefeed/seriesfeed.py
"""Series feed: one series from its venue, by stream and by request, into the feed journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from tradingbot.core.market.catalog.arrow import empty_columns
from tradingbot.core.market.columns import Bars, Columns, Funding, Kind, Marks
from tradingbot.core.market.funding import on_schedule
from tradingbot.core.market.instruments.listings import Listing
from tradingbot.core.market.journal.writer import FeedJournal
from tradingbot.core.market.series import Series, Step
from tradingbot.core.runtime.livefeed.gapfiller import GapFiller, Handed, Patience, Values
from tradingbot.core.runtime.livefeed.settlements import Settlements


class History(Protocol):
    """What a venue tells of the past; stamps are UTC ns, both ends included, and errors are RunFailed."""

    @property
    def venue(self) -> str:
        """Whose history it is, with its environment."""

    def now(self) -> int:
        """Return the server's time."""

    def endpoint(self, kind: Kind) -> str:
        """Return the address that rows of a kind come from."""

    def bars(self, name: str, step: Step, first: int, last: int) -> Bars:
        """Return the bars that close in the interval, the one under way among them."""

    def marks(self, name: str, step: Step, first: int, last: int) -> Marks:
        """Return the mark prices at the closes in the interval."""

    def funding(self, name: str, first: int, last: int) -> Funding:
        """Return the settlements in the interval."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Bars of one instrument that a feed carries: their length, and the name of the data client that streams them."""

    listing: Listing
    step: Step
    client: str


class SeriesFeed:
    """Keep one series of an instrument whole in the journal, from after `since` (UTC ns) on where it is not there yet.

    Mark prices are those at the closes of the instrument's bars. `history` is asked by another thread.
    """

    def __init__(
        self,
        series: Series,
        carried: Carried,
        journal: FeedJournal,
        since: int,
        venue: str,
        patience: Patience,
        now: float,
    ) -> None:
        self.series, self.step, self.listing, self.client = series, carried.step, carried.listing, carried.client
        self._journal, step, listing = journal, carried.step, carried.listing
        self.settlements = Settlements(listing.funding_minutes or 1)
        until = journal.carry(series, since, venue).until
        funding = series.kind is Kind.FUNDING
        self.filler = GapFiller(
            until,
            self.settlements.after if funding else lambda ts: (ts // step.ns + 1) * step.ns,
            patience,
            streamed=series.kind is Kind.BARS,
            fallback=self.settlements.rate if funding else lambda _ts: None,
        )
        self._gap: int | None = None
        self.quiet_since = now
        self.behind_since: float | None = None

    def heard(self, ts: int, values: Values, now: float) -> str:
        """Take a row of the stream; return what is odd about it, which is on record."""
        odd = self.filler.heard(ts, values)
        self.quiet_since = now
        if odd == "late" and len(kept := self._journal.rows(self.series, ts, ts)):
            odd = "duplicate" if next(iter(rows_of(kept)))[1] == values else "changed"
        if odd:
            self._journal.stray(self.series, ts, odd, values)
        return odd

    def fetch(self, history: History, after: int, until: int) -> list[tuple[int, Values]]:
        """Return what the venue's history has of `after` < ts <= `until`; errors as in `History`."""
        return list(rows_of(self.read(history, after + 1, until)))

    def read(self, history: History, first: int, last: int) -> Columns:
        """Return the same as columns, both ends included."""
        name = self.series.instrument
        if self.series.kind is Kind.BARS:
            return history.bars(name, self.step, first, last)
        if self.series.kind is Kind.MARKS:
            return history.marks(name, self.step, first, last)
        told = on_schedule(history.funding(name, first, last))
        intervals = [self.settlements.interval(ts) for ts in told.ts.tolist()]
        return Funding(told.ts, told.rate, np.where(told.interval > 0, told.interval, np.array(intervals, np.int64)))

    def store(self, now: float) -> Iterator[Handed]:
        """Move what has become whole into the journal, and give it."""
        while (handed := self.filler.take(now)) is not None:
            with self._journal.whole():
                self._journal.advance(self.series, handed.until, columns_of(self.series.kind, handed.rows))
                if handed.gap is not None:
                    self._gap = self._journal.gap(self.series, handed.gap, self._gap, ended=handed.ended)
            if handed.ended:
                self._gap = None
            yield handed


def rows_of(columns: Columns) -> Iterator[tuple[int, Values]]:
    """Yield each row as its stamp and its other values, in their order."""
    names = [field.name for field in fields(columns)]
    for ts, *values in zip(*(getattr(columns, name).tolist() for name in names), strict=True):
        yield ts, tuple(values)


def columns_of(kind: Kind, rows: dict[int, Values]) -> Columns:
    """Return rows by stamp, ascending, as columns."""
    like = empty_columns(kind)
    if not rows:
        return like
    values = zip(*((ts, *row) for ts, row in rows.items()), strict=True)
    return type(like)(
        *(np.array(each, getattr(like, f.name).dtype) for f, each in zip(fields(like), values, strict=True))
    )
