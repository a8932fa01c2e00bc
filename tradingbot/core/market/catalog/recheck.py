# file: core/market/catalog/recheck.py
"""Recheck what the catalog holds, as its files were checked when they were imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from tradingbot.core.market.catalog.arrow import empty_columns
from tradingbot.core.market.catalog.catalog import Catalog, Entry
from tradingbot.core.market.catalog.merging import windows
from tradingbot.core.market.catalog.origins import covered, origins
from tradingbot.core.market.catalog.parquet import group_ends, read_file, stored_files
from tradingbot.core.market.checks.checker import checker
from tradingbot.core.market.checks.defects import Findings
from tradingbot.core.market.checks.funding import FundingTerms, missing_defect
from tradingbot.core.market.chunks import CHUNK_ROWS, Chunk
from tradingbot.core.market.columns import Funding, Kind
from tradingbot.core.market.funding import missing_settlements, scheduled
from tradingbot.core.market.instruments.listings import load_listing


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """One series of the catalog and what was found in it; rows are counted from the series' first."""

    entry: Entry
    findings: Findings


def recheck(catalog: Catalog, entry: Entry, now_ns: int) -> RecheckResult:
    """Read a whole series through the checks, a bounded piece at a time; funding must cover the instrument's bars.

    Bars that are absent where each was asked for at a venue are told and would not be refused.

    Raises UnknownInstrument when the instrument is no longer defined.
    """
    period = _covered(catalog, entry.instrument) if entry.kind is Kind.FUNDING else None
    known = FundingTerms(period=period, unit_known=True)
    told = origins(catalog.path, entry.series)
    asked = entry.step is not None and covered(told, entry.first, entry.last, entry.step.ns)
    checks = checker(load_listing(entry.instrument), entry.kind, entry.step, now_ns, funding=known, asked=asked)
    for rows in _rows(catalog, entry):
        checks.feed(rows)
    return RecheckResult(entry, checks.finish())


def unfunded(catalog: Catalog, entries: Sequence[Entry]) -> Iterator[RecheckResult]:
    """Yield a series without rows for each perpetual among `entries` that has bars and no funding at all.

    Raises UnknownInstrument when an instrument is no longer defined.
    """
    funded = {entry.instrument for entry in entries if entry.kind is Kind.FUNDING}
    for name in sorted({entry.instrument for entry in entries if entry.kind is Kind.BARS} - funded):
        period, minutes = _covered(catalog, name), load_listing(name).funding_minutes
        if period is None or minutes is None:
            continue
        missing = missing_settlements(cast("Funding", empty_columns(Kind.FUNDING)), minutes, *period)
        if len(missing):
            defect = missing_defect(missing, len(missing), 0)
            entry = Entry(name, Kind.FUNDING, None, None, 0, *period, 0)
            yield RecheckResult(entry, Findings(0, *period, (defect,)))


def _covered(catalog: Catalog, name: str) -> tuple[int, int] | None:
    """Return the time that an instrument's bars cover, from the open of the first to the close of the last."""
    spans = [
        (entry.first - entry.step.ns, entry.last)
        for entry in catalog.listing(name)
        if entry.kind is Kind.BARS and entry.step is not None
    ]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def _rows(catalog: Catalog, entry: Entry) -> Iterator[Chunk]:
    for stored in stored_files(catalog.path, entry.series):
        for start, end in windows(stored.first, stored.last, group_ends(stored.path), CHUNK_ROWS // 2):
            rows = read_file(entry.kind, stored.path, start, end)
            due = replace(rows, ts=scheduled(rows.ts)) if isinstance(rows, Funding) else rows
            yield cast("Chunk", due)
