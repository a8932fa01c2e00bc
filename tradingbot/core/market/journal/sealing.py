# file: core/market/journal/sealing.py
"""Sealing: whole UTC days of a feed journal into the catalog, through the checks that files pass, and held against
what the venue's history says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import cast

from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.origins import Interval, Origin
from tradingbot.core.market.chunks import Chunk
from tradingbot.core.market.columns import Columns, Kind, PriceSide
from tradingbot.core.market.importers.importpipeline import ImportPipeline
from tradingbot.core.market.importers.importreport import OnDefect
from tradingbot.core.market.importers.recipe import Source
from tradingbot.core.market.instruments.listings import Listing
from tradingbot.core.market.journal.schema import Coverage
from tradingbot.core.market.journal.writer import FeedJournal
from tradingbot.core.market.series import Series, Step
from tradingbot.core.progress import no_progress
from tradingbot.core.time import DAY, MINUTE, to_iso

AFTER_MIDNIGHT = 5 * MINUTE
"""A day is sealed when the watermark is so far past its end."""


def day_to_seal(coverage: Coverage) -> int | None:
    """Return the midnight (UTC ns) that ends the first day that is whole and not sealed, None without one."""
    end = (coverage.sealed // DAY + 1) * DAY
    return end if coverage.until >= end + AFTER_MIDNIGHT else None


def seal_day(
    journal: FeedJournal,
    catalog: Catalog,
    series: Series,
    step: Step,
    listing: Listing,
    endpoint: str,
    venue: str,
    now: int,
) -> str:
    """Write the first whole day of a series into the catalog and note it in the journal; return what was found wrong.

    Bars and mark prices lie `step` apart; `endpoint` is where the rows of `venue` come from, `now` its time, UTC ns,
    which its watermark shows to be later where its clock goes wrong. What the checks find is kept and told: a node
    has acted on it. A catalog that holds other rows at the same times refuses the day, which stays in the journal.
    Done twice, because a process died between the two, it is as if done once.

    Raises BadInput when another process is writing to the catalog: it can be tried again.
    """
    coverage = journal.coverages[series]
    if (end := day_to_seal(coverage)) is None:
        raise ValueError(f"{series}: no day is whole after {coverage.sealed}")
    rows = journal.rows(series, coverage.sealed + 1, end)
    missing = [] if series.kind is Kind.FUNDING else list(_missing(rows, step, coverage.sealed, end))
    count = sum((last - first) // step.ns + 1 for first, last in missing)
    findings: list[str] = []
    if len(rows):
        first = (coverage.sealed // step.ns + 1) * step.ns
        origin = Origin("live", endpoint, now, first, end, tuple(missing), venue)
        try:
            findings = _written(catalog, series, step, listing, rows, origin, max(now, coverage.until))
        except DataDefect as error:
            journal.refused(series, end, [str(error)])
            return f"{series}: the day until {to_iso(end)} was refused: {error}"
    journal.sealed(series, end, rows=len(rows), missing=count, findings=findings)
    return "; ".join(f"{series}: {finding}" for finding in findings)


def day_differences(journal: FeedJournal, series: Series, end: int, venue: Columns) -> dict[int, tuple[object, object]]:
    """Return by stamp where a sealed day is otherwise in the `venue`'s history: both rows, None where one has none."""
    first = max(end - DAY, journal.coverages[series].since) + 1
    mine, theirs = _by_stamp(journal.rows(series, first, end)), _by_stamp(venue)
    return {
        ts: (mine.get(ts), theirs.get(ts))
        for ts in sorted(mine.keys() | theirs.keys())
        if mine.get(ts) != theirs.get(ts)
    }


def _written(
    catalog: Catalog, series: Series, step: Step, listing: Listing, rows: Columns, origin: Origin, now: int
) -> list[str]:
    if series.kind is Kind.BARS and series.side is not PriceSide.LAST:
        raise BadInput(f"{series} cannot be sealed, allowed are bars of last prices")

    def chunks() -> Iterator[Chunk]:
        yield cast("Chunk", rows)

    length = None if series.kind is Kind.FUNDING else step
    about = catalog.path, "live feed", series.kind, length, len(rows), ()
    source = Source(*about, chunks, unit_known=True, origins=(origin,))
    taken = ImportPipeline(source, listing, now, no_progress).run(catalog, OnDefect.KEEP)
    left_out = [f"{count} rows were left out: {reason}" for reason, count in taken.skipped.items()]
    return [*left_out, *map(str, taken.findings.defects)]


def _missing(rows: Columns, step: Step, after: int, end: int) -> Iterator[Interval]:
    """Yield the stretches of the grid in `after` < ts <= `end` of which there is no row."""
    due = (after // step.ns + 1) * step.ns
    for ts in [*rows.ts.tolist(), (end // step.ns + 1) * step.ns]:
        if ts > due:
            yield due, ts - step.ns
        due = ts + step.ns


def _by_stamp(columns: Columns) -> dict[int, list[float]]:
    # Funding intervals are labels that sources guess, each in its own way.
    names = [field.name for field in fields(columns) if field.name != "interval"]
    rows = zip(*(getattr(columns, name).tolist() for name in names), strict=True)
    return {row[0]: list(row[1:]) for row in rows}
