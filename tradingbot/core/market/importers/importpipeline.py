# file: core/market/importers/importpipeline.py
"""Import pipeline: check a file and write it to the catalog in one pass, in two where rows are repaired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from tradingbot.core.arrays import BoolArray
from tradingbot.core.errors import DataDefect
from tradingbot.core.market.calendars.clocks import Doubt, doubts
from tradingbot.core.market.catalog.arrow import LONGEST_ID
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.writer import CatalogWriter
from tradingbot.core.market.checks.checker import checker
from tradingbot.core.market.checks.defects import REPAIRS, Defect, DefectKind, Findings, Severity, moment
from tradingbot.core.market.checks.funding import FundingTerms
from tradingbot.core.market.checks.repairs import Repair
from tradingbot.core.market.chunks import Chunk, parts, sorted_by_time, stamps, take
from tradingbot.core.market.columns import Columns, Funding, Kind, PriceSide, Trades
from tradingbot.core.market.decimals import beyond, numbers
from tradingbot.core.market.importers.importreport import ImportResult, OnDefect
from tradingbot.core.market.importers.recipe import Source
from tradingbot.core.market.instruments.listings import Listing
from tradingbot.core.market.series import Series
from tradingbot.core.progress import Progress
from tradingbot.core.time import MINUTE


def unstorable(chunk: Chunk, instrument: Any) -> dict[str, BoolArray]:
    """Return a mask per reason, shape (n,): True where a row, on any side, cannot be stored; masks do not overlap."""
    ts = stamps(chunk)
    masks: dict[str, BoolArray] = {
        "a time that its clock shows twice, or never": doubts(ts) != Doubt.NONE,
        "no time stamp, or one before 1970": ts <= 0,
    }
    for part in parts(chunk):
        for reason, mask in _reasons(part, instrument).items():
            masks[reason] = masks[reason] | mask if reason in masks else mask
    taken = np.zeros(len(ts), np.bool_)
    for reason, mask in masks.items():
        masks[reason] = mask & ~taken
        taken |= mask
    return masks


def _reasons(part: Columns, instrument: Any) -> Mapping[str, BoolArray]:
    least = 0.5 * 10.0**-instrument.price_precision
    infinite, large, small, negative = np.zeros((4, len(part)), np.bool_)
    with np.errstate(invalid="ignore"):
        for _name, values, is_size in numbers(part):
            infinite |= ~np.isfinite(values)
            if is_size:
                negative |= values < 0
            else:
                small |= (values != 0) & (np.abs(values) < least)
    for _name, _values, mask, _most in beyond(part, instrument):
        large |= mask
    if isinstance(part, Funding):
        infinite |= ~np.isfinite(part.rate)
    masks = {
        "a number that is absent or infinite": infinite,
        "a number beyond what the engine holds": large,
        "a price below the instrument's smallest": small,
        "a negative size or volume": negative,
    }
    if isinstance(part, Trades):
        length = np.char.str_len(part.trade_id)
        masks[f"a trade id that is empty or longer than {LONGEST_ID}"] = (length == 0) | (length > LONGEST_ID)
    return masks


_UNORDERED = (DefectKind.OUT_OF_ORDER, DefectKind.ABSURD_TIME, DefectKind.FUTURE_TIME)


class ImportPipeline:
    """Bring one opened file into a catalog; `advance` is called with (rows done, rows or 0)."""

    def __init__(self, source: Source, listing: Listing, now_ns: int, advance: Progress) -> None:
        self._source = source
        self._listing = listing
        self._now = now_ns
        self._advance = advance
        self._held: Funding | None = None

    def run(self, catalog: Catalog, policy: OnDefect) -> ImportResult:
        """Write the file's rows, all or none of them.

        Raises DataDefect when a number cannot be stored though no check minds it, or the catalog holds other rows at
        the same times; BadInput when another process is writing to the catalog.
        """
        if self._source.kind is Kind.FUNDING:
            self._held = catalog.funding(self._listing.id)
        with catalog.writing() as writer:
            findings, unwritten = self._pass(writer, self._source.chunks())
            if findings.refusals or unwritten is not None:
                writer.abandon()
                taken = self._again(writer, findings, unwritten, policy)
            else:
                taken = self._taken(findings, refused=False)
            if not taken.refused:
                taken = self._joined(writer, taken, policy)
            if not taken.refused:
                self._note(writer)
        notes = (*taken.notes, *self._beside(catalog, writer)) if writer.added else taken.notes
        return replace(taken, notes=notes, added={str(series): rows for series, rows in writer.added.items()})

    def _note(self, writer: CatalogWriter) -> None:
        bars = (self._source.step, PriceSide.LAST) if self._source.kind is Kind.BARS else ()
        funding = self._listing.funding_minutes if self._source.kind is Kind.FUNDING else None
        step_ns = (funding or 1) * MINUTE if self._source.step is None else self._source.step.ns
        for origin in self._source.origins:
            writer.note(Series(self._source.kind, self._listing.id, *bars), origin, step_ns)

    def _beside(self, catalog: Catalog, writer: CatalogWriter) -> Iterator[str]:
        """Say where bars of other sides stand beside the new ones: a run reads one or the other, never both."""
        mine = {series.side for series in writer.added}
        for entry in catalog.listing(self._listing.id):
            bars = self._source.kind is Kind.BARS is entry.kind
            if bars and entry.step == self._source.step and entry.side not in mine:
                rows = f"{entry.rows:,} rows of {entry.series} to {moment(entry.last)}"
                yield f"the catalog also holds {rows}, not joined with these: a run reads bid and ask bars first"

    def _again(
        self, writer: CatalogWriter, findings: Findings, unwritten: DataDefect | None, policy: OnDefect
    ) -> ImportResult:
        if policy is OnDefect.KEEP:
            skipped: Counter[str] = Counter()
            _found, error = self._pass(writer, self._kept(skipped, findings))
            if error is not None:
                raise error
            return replace(self._taken(findings, refused=False), skipped=skipped)
        if not findings.refusals and unwritten is not None:
            raise unwritten
        if policy is OnDefect.REFUSE:
            return self._taken(findings, refused=True)
        repair = Repair(self._source.kind, self._now, sort=findings.of(DefectKind.OUT_OF_ORDER) is not None)
        after, error = self._pass(writer, repair.apply(self._source.chunks()))
        hidden = (each for each in findings.refusals if _outlasts(each) and after.of(each.kind) is None)
        left = (*after.refusals, *hidden)
        if left:
            writer.abandon()
        elif error is not None:
            raise error
        repaired = {str(kind): rows for kind, rows in repair.counts.items() if rows}
        return replace(self._taken(findings, refused=bool(left)), left=left, repaired=repaired)

    def _joined(self, writer: CatalogWriter, taken: ImportResult, policy: OnDefect) -> ImportResult:
        """Hold the rows against what the catalog has before, between and after them."""
        met = writer.seams(self._listing.session)
        refusals = tuple(defect for defect in met if defect.severity is Severity.REFUSE)
        refused = bool(refusals) and policy is not OnDefect.KEEP
        if refused:
            writer.abandon()
        left = refusals if refused and policy is OnDefect.REPAIR else taken.left
        return replace(taken, findings=taken.findings.joined(met), refused=refused, left=left)

    def _taken(self, findings: Findings, refused: bool) -> ImportResult:
        return ImportResult(
            self._source.format, str(self._source.step or ""), findings, refused, notes=self._source.notes
        )

    def _pass(self, writer: CatalogWriter, chunks: Iterator[Chunk]) -> tuple[Findings, DataDefect | None]:
        """Check every chunk here while the one before it is written beside; what cannot be written ends the writing."""
        source, error = self._source, None
        known = FundingTerms(unit_known=source.unit_known, held=self._held)
        checks = checker(self._listing, source.kind, source.step, self._now, source.clock, known, bool(source.origins))
        done = 0
        with ThreadPoolExecutor(1) as beside:
            waiting: Future[None] | None = None
            for chunk in chunks:
                checks.feed(chunk)
                error = _outcome(waiting) if error is None else error
                waiting = beside.submit(self._write, writer, chunk) if error is None else None
                done += len(stamps(chunk))
                self._advance(done, source.rows or 0)
            error = _outcome(waiting) if error is None else error
        return checks.finish(), error

    def _write(self, writer: CatalogWriter, chunk: Chunk) -> None:
        # Of bid and ask bars not the midpoints beside them, which anyone can work out.
        for side, rows in chunk.items() if isinstance(chunk, dict) else ((PriceSide.LAST, chunk),):
            bars = (self._source.step, side) if self._source.kind is Kind.BARS else ()
            if side is not PriceSide.MID:
                writer.add(Series(self._source.kind, self._listing.id, *bars), self._listing.instrument, rows)

    def _kept(self, skipped: Counter[str], findings: Findings) -> Iterator[Chunk]:
        """Return the rows that can be stored, in order of time."""
        chunks = self._storable(skipped)
        return sorted_by_time(chunks) if any(findings.of(kind) for kind in _UNORDERED) else chunks

    def _storable(self, skipped: Counter[str]) -> Iterator[Chunk]:
        for chunk in self._source.chunks():
            out = np.zeros(len(stamps(chunk)), np.bool_)
            for reason, mask in unstorable(chunk, self._listing.instrument).items():
                if mask.any():
                    skipped[reason] += int(mask.sum())
                    out |= mask
            yield take(chunk, ~out) if out.any() else chunk


def _outlasts(defect: Defect) -> bool:
    """Tell of a defect that a repair only hides: a clock whose telling rows were dropped, columns in another order."""
    return not defect.repair and (defect.kind is DefectKind.WRONG_TIMEZONE or defect.kind in REPAIRS)


def _outcome(waiting: Future[None] | None) -> DataDefect | None:
    if waiting is None:
        return None
    error = waiting.exception()
    if error is None or isinstance(error, DataDefect):
        return error
    raise error
