# file: core/runtime/market.py
"""Everything a run trades: instruments with their terms, their data in the catalog, and the period both cover."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.errors import BadInput, ConfigError
from tradingbot.core.lane import Lane
from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.catalog import Catalog
from tradingbot.core.market.instruments import Listing, load
from tradingbot.core.market.steps import Step
from tradingbot.core.runtime.sources import BarSource, find_source

__all__ = ["Market", "open_market"]


@dataclass(frozen=True, slots=True)
class Market:
    """What `open_market` found. `contracts` are the options among `instruments`; times are UTC nanoseconds."""

    catalog: Catalog
    listings: list[Listing]
    sources: list[BarSource]
    contracts: list[Any]
    start: int
    end: int

    @property
    def instruments(self) -> list[Any]:
        """The Nautilus instruments: those with bars, then the option contracts."""
        return [source.instrument for source in self.sources] + self.contracts

    @property
    def charges(self) -> dict[str, tuple[Decimal, Decimal]]:
        """(maker, taker) rates per instrument id."""
        return {listing.id: (listing.maker_fee, listing.taker_fee) for listing in self.listings}

    @property
    def terms(self) -> dict[str, object]:
        """What `config/instruments/` says of each instrument id: steps, fees, margins, as plain values."""
        return {
            listing.id: {"maker_fee": listing.maker_fee, "taker_fee": listing.taker_fee} | listing.instrument.to_dict()
            for listing in self.listings
        }


def open_market(config: BacktestConfig, catalog: Catalog) -> Market:
    """Find the instruments and data a config names.

    Raises
    ------
    BadInput
        When the catalog has no bars of an instrument, or none in the period.
    ConfigError
        When an instrument belongs to another lane, or they trade at several venues.
    UnknownInstrument
        When an id is not defined.
    """
    step = Step.parse(config.bar)
    listings = [load(name) for name in config.instruments]
    for listing in listings:
        if listing.lane is not config.lane:
            raise ConfigError(
                f"instruments: {listing.id} belongs to the lane {listing.lane}, the config's is {config.lane}"
            )
    venues = sorted({str(listing.instrument.id.venue) for listing in listings})
    if len(venues) > 1:
        raise ConfigError(f"instruments: they trade at {', '.join(venues)}, a run has one account at one venue")
    sources = [find_source(catalog, listing.instrument, step) for listing in listings]
    start, end = _period(config, sources)
    contracts = _contracts(catalog, config, start, end) if config.lane is Lane.OPTIONS else []
    return Market(catalog, listings, sources, contracts, start, end)


def _period(config: BacktestConfig, sources: list[BarSource]) -> tuple[int, int]:
    """Return the run's time: it ends with a bar, since what is ordered after the last one has no next price."""
    step = sources[0].step.ns
    first = min(source.first for source in sources) - step
    last = max(source.last for source in sources)
    start = max(first, _ns(config.start)) if config.start else first
    end = min(last, _ns(config.end)) if config.end else last
    start -= start % step
    closes = [close for source in sources if start < end and (close := source.last_close(start, end)) is not None]
    if not closes:
        raise BadInput(
            f"start, end: the data runs from {_text(first)} to {_text(last)},"
            " nothing of it lies in the period asked for"
        )
    return start, max(closes)


def _contracts(catalog: Catalog, config: BacktestConfig, start: int, end: int) -> list[Any]:
    underlyings = {name.split(".")[0] for name in config.instruments}
    found = []
    for instrument in catalog.instruments():
        if type(instrument).__name__ != "OptionContract" or str(instrument.underlying) not in underlyings:
            continue
        span = catalog.span(str(instrument.id), Kind.QUOTES)
        if span is not None and span[0] <= end and span[1] >= start:
            found.append(instrument)
    if not found:
        raise BadInput(
            f"instruments: the catalog {catalog.path} has no option quotes on {', '.join(sorted(underlyings))}"
        )
    return sorted(found, key=lambda item: str(item.id))


def _ns(moment: dt.datetime) -> int:
    return int(moment.timestamp()) * 1_000_000_000


def _text(ts: int) -> str:
    return dt.datetime.fromtimestamp(ts // 1_000_000_000, dt.UTC).strftime("%Y-%m-%d %H:%M")
