# file: download.py
"""Use case: download market data, bring a catalog up to now, compare instruments with the venue's terms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from adapters.bybithistory import BybitHistory
from adapters.bybithttp import BybitHttp
from tradingbot.core.config.home import resolve
from tradingbot.core.config.venues import bybit_venue
from tradingbot.core.errors import BadInput
from tradingbot.core.market.catalog.catalog import Catalog, Entry
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.download.pipeline import DownloadOrder, DownloadPipeline
from tradingbot.core.market.download.report import DownloadReport
from tradingbot.core.market.importers.importreport import OnDefect
from tradingbot.core.market.instruments.listings import Listing, listings, load_listing
from tradingbot.core.market.instruments.syncing import write_terms
from tradingbot.core.market.instruments.venueterms import (
    TermDifference,
    VenueTerms,
    require_same_terms,
    term_differences,
)
from tradingbot.core.market.series import Step
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.time import DAY, MINUTE, to_iso

_VENUE = ".BYBIT"
_ONE_MINUTE = Step(1, "m")
_STEPPED = (Kind.BARS, Kind.MARKS)


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """What to download: `start` to `end`, UTC nanoseconds, `end` None for as late as there is.

    `step` is that of bars and marks; None takes a minute. `again` asks for what the catalog holds too.
    """

    instrument: str
    kind: Kind
    catalog: str | Path
    step: Step | None = None
    start: int | None = None
    end: int | None = None
    on_defect: OnDefect = OnDefect.REFUSE
    again: bool = False


@contextmanager
def venue_history() -> Iterator[BybitHistory]:
    """Give Bybit's history as `config/venues.json` says it is reached.

    Raises ConfigError when that names no environment.
    """
    with BybitHttp(bybit_venue()) as http:
        yield BybitHistory(http)


def download(history: BybitHistory, request: DownloadRequest, advance: Progress = no_progress) -> DownloadReport:
    """Bring what the catalog lacks of a period and store it window by window; what was stored stays.

    Raises BadInput when the request makes no sense or the catalog holds other rows at the same times, RunFailed when
    the venue does not answer.
    """
    began = time.perf_counter()
    listing = load_listing(request.instrument)
    step = (request.step or _ONE_MINUTE) if request.kind in _STEPPED else None
    if request.step is not None and step is None:
        raise BadInput(f"--bar was {request.step}, but {request.kind} have no bar length; leave it out")
    history.require(request.instrument, request.kind, step)
    start = 0 if request.kind is Kind.TRADES and request.start is None else request.start
    if start is None:
        raise BadInput(
            f"--start is missing, allowed is a date such as 2024-01-01, from which {request.kind} are wanted"
        )
    if request.end is not None and request.end <= start:
        raise BadInput(f"--end was {to_iso(request.end)}, allowed is a time after --start, {to_iso(start)}")
    order = DownloadOrder(listing, request.kind, step, start, request.end, request.on_defect, request.again)
    catalog = Catalog(resolve(request.catalog), create=True)
    report = DownloadPipeline(history, catalog, order, advance).run()
    return replace(report, seconds=time.perf_counter() - began)


def updates(catalog: str | Path) -> tuple[list[DownloadRequest], list[str]]:
    """Return what brings every series of a catalog up to now, and a sentence for each that cannot be.

    Raises BadInput when there is nothing to bring up to now.
    """
    opened = Catalog(resolve(catalog))
    wanted, left = [], []
    for entry in opened.listing():
        step, why = _step_of(opened, entry)
        if why:
            left.append(f"{entry.series} stays as it is: {why}")
        else:
            # A bar's close is the next one's open; a settlement comes once.
            start = entry.last if entry.kind in _STEPPED else entry.last + MINUTE
            wanted.append(DownloadRequest(entry.instrument, entry.kind, catalog, step, start))
    if not wanted:
        raise BadInput(f"{opened.path} has nothing to bring up to now: {'; '.join(left[:3]) or 'it has no data'}")
    return wanted, left


@dataclass(frozen=True, slots=True)
class InstrumentComparison:
    """The instruments of `config/instruments/` that are the venue's, beside its terms of today."""

    venue: str
    listings: tuple[Listing, ...]
    terms: dict[str, VenueTerms]

    @property
    def differences(self) -> list[TermDifference]:
        """Every field that differs, of the instruments that the venue lists."""
        both = [(listing, self.terms[listing.id]) for listing in self.listings if listing.id in self.terms]
        return [each for listing, terms in both for each in term_differences(listing, terms)]

    @property
    def unlisted(self) -> list[str]:
        """The instruments that the venue does not list."""
        return [listing.id for listing in self.listings if listing.id not in self.terms]

    def require_same(self) -> None:
        """Raise ConfigError naming what would refuse a node, if anything does."""
        require_same_terms(self.listings, self.terms)

    def write(self) -> list[Path]:
        """Write the venue's numbers into the home's config; return the files. Errors as of `write_terms`."""
        return write_terms(
            self.differences, f"{self.venue}, GET /v5/market/instruments-info, {to_iso(time.time_ns())[:10]}"
        )


def compare_instruments(history: BybitHistory, advance: Progress = no_progress) -> InstrumentComparison:
    """Fetch the terms of every defined instrument of the venue. Raises RunFailed when it does not answer."""
    ours = tuple(listing for listing in listings() if listing.id.endswith(_VENUE))
    terms = history.terms([listing.id for listing in ours])
    for done, listing in enumerate(ours, 1):
        if listing.funding_minutes is not None and listing.id in terms:
            terms[listing.id] = replace(terms[listing.id], margin_maint=history.margin_maint(listing.id))
        advance(done, len(ours))
    return InstrumentComparison(history.venue, ours, terms)


def _step_of(catalog: Catalog, entry: Entry) -> tuple[Step | None, str]:
    """Return the bar length to go on with, or why a series cannot be downloaded."""
    if not entry.instrument.endswith(_VENUE):
        return None, "only Bybit's is downloaded"
    if entry.kind in (Kind.QUOTES, Kind.TRADES):
        return None, f"Bybit's API has no past {entry.kind}"
    if entry.kind is Kind.FUNDING:
        return None, ""
    step = entry.step
    if entry.kind is Kind.MARKS:
        spaces = np.diff(catalog.marks(entry.instrument, entry.last - DAY).ts)
        step = Step.of_ns(int(np.median(spaces))) if len(spaces) else _ONE_MINUTE
    if step is None or entry.side not in (None, PriceSide.LAST):
        return None, "only bars of the last price are downloaded"
    return step, ""
