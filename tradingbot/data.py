# file: data.py
"""Use case: import market data into the catalog; list, check and delete it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from tradingbot.core.config.home import resolve
from tradingbot.core.config.instruments import Product
from tradingbot.core.errors import BadInput
from tradingbot.core.market.catalog.catalog import Catalog, Entry
from tradingbot.core.market.catalog.recheck import RecheckResult, recheck, unfunded
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.funding import RateUnit
from tradingbot.core.market.importers.chainfile import ChainFile
from tradingbot.core.market.importers.chainpipeline import ChainImportPipeline
from tradingbot.core.market.importers.columnnames import InstrumentUnits
from tradingbot.core.market.importers.importpipeline import ImportPipeline
from tradingbot.core.market.importers.importreport import ImportReport, OnDefect
from tradingbot.core.market.importers.opening import open_source
from tradingbot.core.market.importers.recipe import ReadOptions, Stamp
from tradingbot.core.market.instruments.listings import Listing, listings, load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.progress import Progress, no_progress

CATALOG = "catalog/main"
"""Where data goes by default, below the home."""

CHAINS = "chains"


@dataclass(frozen=True, slots=True)
class Request:
    """One file to import: which instrument's it is, what kind of rows it has, and how to read them.

    `kind` is one of `Kind` or `chains`; `step` None infers the bar length; see `ReadOptions` for the rest.
    """

    path: Path
    instrument: str
    kind: str = "bars"
    step: Step | None = None
    stamp: Stamp | None = None
    tz: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    unit: RateUnit | None = None
    catalog: str | Path = CATALOG
    on_defect: OnDefect = OnDefect.REFUSE


def import_file(request: Request, advance: Progress = no_progress) -> ImportReport:
    """Check a file and store its rows, all or none; a refused one is reported, and changes nothing.

    Raises BadInput when the file cannot be read, an option makes no sense for it, the instrument is not defined, or the
    catalog holds other rows at the same times.
    """
    began = time.perf_counter()
    listing = load_listing(request.instrument)
    pipeline: ChainImportPipeline | ImportPipeline
    if request.kind == CHAINS:
        file = ChainFile(request.path, request.columns, request.tz)
        pipeline = ChainImportPipeline(file, listing, time.time_ns(), advance)
    else:
        units = _units(listing)
        options = ReadOptions(request.step, request.stamp, request.tz, request.columns, units, request.unit)
        source = open_source(request.path, Kind(request.kind), options)
        pipeline = ImportPipeline(source, listing, time.time_ns(), advance)
    catalog = Catalog(resolve(request.catalog), create=True)
    taken = pipeline.run(catalog, request.on_defect)
    seconds = time.perf_counter() - began
    return ImportReport(str(request.path), str(catalog.path), listing.id, request.kind, taken, seconds)


def list_series(catalog: str | Path = CATALOG) -> list[Entry]:
    """Return every series of a catalog."""
    return Catalog(resolve(catalog)).listing()


def check(catalog: str | Path = CATALOG, instrument: str | None = None) -> Iterator[RecheckResult]:
    """Yield the findings of every series, or of one instrument's; a perpetual's absent funding is a series too.

    Raises BadInput when there are none.
    """
    opened = Catalog(resolve(catalog))
    held = _held(opened, instrument)
    for entry in held:
        yield recheck(opened, entry, time.time_ns())
    yield from unfunded(opened, held)


def delete(
    instrument: str,
    catalog: str | Path = CATALOG,
    kind: Kind | None = None,
    step: Step | None = None,
    start: int | None = None,
    end: int | None = None,
) -> int:
    """Remove an instrument's rows with start <= ts <= end; return how many there were.

    Raises BadInput when the catalog has nothing of that instrument, kind and step.
    """
    opened = Catalog(resolve(catalog))
    held = _held(opened, instrument)
    if not any(kind in (None, entry.kind) and step in (None, entry.step) for entry in held):
        has = ", ".join(sorted({str(entry.series) for entry in held}))
        lacks = f"{step or ''} {kind or ''} of {instrument}; it has {has}"
        raise BadInput(f"{opened.path} has no {lacks}".replace("  ", " "))
    return opened.delete(instrument, kind, step, start, end)


def instruments() -> list[Listing]:
    """Return what `config/instruments/` defines, sorted by id."""
    return listings()


def _units(listing: Listing) -> InstrumentUnits:
    base = getattr(listing.instrument, "base_currency", None)
    quote = str(listing.instrument.quote_currency.code)
    return InstrumentUnits(str(base.code) if base else "", quote, listing.product is Product.FOREX)


def _held(catalog: Catalog, instrument: str | None) -> list[Entry]:
    held = catalog.listing(instrument)
    if held:
        return held
    known = {entry.instrument for entry in catalog.listing()}
    near = get_close_matches(instrument or "", known, n=3, cutoff=0.3) or sorted(known)[:5]
    raise BadInput(
        f"{catalog.path} has nothing of {instrument or 'any instrument'}; it has {', '.join(near) or 'no data'}"
    )
