# file: core/runtime/market.py
"""Market of a run: instruments with terms, data, the covered period, and the cost of a round trip in each."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.home import SYNTHETIC, config_file, named_file, resolve
from tradingbot.core.config.lanes import LanesConfig, LaneVenue
from tradingbot.core.config.load import assign_setting, build, load, merge_section, read_json
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.config.risk import LaneRisk, RiskConfig
from tradingbot.core.errors import BadInput, ConfigError
from tradingbot.core.lane import Lane
from tradingbot.core.market.calendars.coverage import Coverage, Shortfall, Unused, shortfalls
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.instruments.listings import Listing, load_listing
from tradingbot.core.market.journal.livecatalog import LiveCatalog
from tradingbot.core.market.journal.reader import journal_file
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.barsource import BarSource, choose_source, find_sources, modelled_spread
from tradingbot.core.time import DAY, ENDLESS, SECOND


@dataclass(frozen=True, slots=True)
class Market:
    """The market of a run. `contracts` are the options among `instruments`; times are UTC nanoseconds.

    `coverage` is the period asked for and what the data lacks of it. Before `since` strategies only warm up.
    """

    catalog: Catalog
    listings: list[Listing]
    sources: list[BarSource]
    contracts: list[Any]
    start: int
    end: int
    coverage: Coverage = field(default_factory=Coverage)
    since: int = 0

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
    """Find the instruments a config names, and of each the bars that cover the period asked for best.

    Raises BadInput when the catalog has no bars of an instrument, or none in the period; ConfigError when an instrument
    belongs to another lane, or they trade at several venues; UnknownInstrument when an id is not defined.
    """
    step = Step.parse(config.bar)
    listings = _listings(config)
    held = [find_sources(catalog, listing.instrument, step) for listing in listings]
    since, until = _asked(config, held, step.ns)
    both = list(zip(held, listings, strict=True))
    sources = [choose_source(choices, listing.session, since, until) for choices, listing in both]
    start, end = _period(config, sources, since, until)
    contracts, short = _contracts(catalog, config, listings, start, end) if config.lane is Lane.OPTIONS else ([], [])
    coverage = Coverage(
        None if config.start is None else _ns(config.start),
        None if config.end is None else _ns(config.end),
        (*_shortfalls(sources, listings, since, until), *short),
        tuple(item for choices, source in zip(held, sources, strict=True) for item in _unused(choices, source)),
    )
    return Market(catalog, listings, sources, contracts, start, end, coverage)


def _listings(config: BacktestConfig) -> list[Listing]:
    listings = [load_listing(name) for name in config.instruments]
    for listing in listings:
        if listing.lane is not config.lane:
            raise ConfigError(
                f"instruments: {listing.id} belongs to the lane {listing.lane}, the config's is {config.lane}"
            )
    venues = sorted({str(listing.instrument.id.venue) for listing in listings})
    if len(venues) > 1:
        raise ConfigError(f"instruments: they trade at {', '.join(venues)}, a run has one account at one venue")
    return listings


def _asked(config: BacktestConfig, held: list[list[BarSource]], step_ns: int) -> tuple[int, int]:
    # Where the config does not say, from and until the outermost bar of any series.
    spans = [span for sources in held for source in sources for span in source.spans.values()]
    start = _ns(config.start) if config.start else min(first for first, _ in spans) - step_ns
    return start - start % step_ns, _ns(config.end) if config.end else max(last for _, last in spans)


def _period(config: BacktestConfig, sources: list[BarSource], since: int, until: int) -> tuple[int, int]:
    """Return the run's time: it ends with a bar, since what is ordered after the last one has no next price."""
    step = sources[0].step
    first = min(source.first for source in sources) - step.ns
    last = max(source.last for source in sources)
    start, end = max(first, since), min(last, until)
    start -= start % step.ns
    closes = [close for source in sources if start < end and (close := source.last_close(start, end)) is not None]
    if not closes:
        asked = [f"after {_text(since)}"] * (config.start is not None) + [f"until {_text(until)}"] * (
            config.end is not None
        )
        raise BadInput(
            f"start, end: no {step} bar closes {' and '.join(asked) or 'on both sides'};"
            f" the data runs from {_text(first)} to {_text(last)}"
        )
    return start, max(closes)


def _shortfalls(sources: list[BarSource], listings: list[Listing], since: int, until: int) -> Iterator[Shortfall]:
    for source, listing in zip(sources, listings, strict=True):
        for side, (first, last) in source.spans.items():
            series = f"{source.step} {side} bars"
            yield from shortfalls(source.name, series, listing.session, source.step.ns, first, last, since, until)


def _unused(held: list[BarSource], used: BarSource) -> Iterator[Unused]:
    for source in (one for one in held[: held.index(used)] if one.first <= one.last):
        series = f"{source.step} {' and '.join(source.sides)} bars"
        yield Unused(source.name, series, source.first - source.step.ns, source.last)


def _contracts(
    catalog: Catalog, config: BacktestConfig, listings: list[Listing], start: int, end: int
) -> tuple[list[Any], list[Shortfall]]:
    underlyings = {name.split(".")[0] for name in config.instruments}
    contracts, spans = [], []
    for instrument in catalog.instruments():
        if type(instrument).__name__ != "OptionContract" or str(instrument.underlying) not in underlyings:
            continue
        span = catalog.span(str(instrument.id), Kind.QUOTES)
        if span is not None and span[0] <= end and span[1] >= start:
            contracts.append(instrument)
            spans.append(span)
    names = ", ".join(sorted(underlyings))
    if not contracts:
        raise BadInput(f"instruments: the catalog {catalog.path} has no option quotes on {names}")
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    short = shortfalls(names, "option quotes", listings[0].session, DAY, first, last, start, end)
    return sorted(contracts, key=lambda item: str(item.id)), short


def _ns(moment: dt.datetime) -> int:
    return int(moment.timestamp()) * SECOND


def _text(ts: int) -> str:
    return dt.datetime.fromtimestamp(ts // SECOND, dt.UTC).strftime("%Y-%m-%d %H:%M")


def round_trip_costs(market: Market, venue: LaneVenue) -> dict[str, float]:
    """Return the cost of a round trip by instrument id, a fraction of the price.

    Twice the taker's fee and one whole spread: the lane's where it is modelled, else the median of the data. Minimum
    commissions, the impact of size and the cost of carrying depend on the order and are not in it; the engine counts
    them. Bars are never an option's, so that a fee by the contract is nobody's here.
    """
    fees = {name: float(venue.fees.stressed(taker)) for name, (_, taker) in market.charges.items()}
    costs = {}
    for source in market.sources:
        middle, bid, ask = source.read(market.start, market.end)
        if bid is not None and ask is not None:
            spread = (ask.close - bid.close) / middle.close
        else:
            spread = 2 * modelled_spread(venue, middle, float(source.instrument.price_increment)) / middle.open
        costs[source.name] = 2 * fees[source.name] + float(np.median(spread))
    return costs


@dataclass(frozen=True, slots=True)
class Plan:
    """A config with everything it refers to, checked. `command` reproduces the run."""

    config: BacktestConfig
    venue: LaneVenue
    risk: LaneRisk
    rates: RatesConfig | None
    command: str


def plan(path: str | Path, settings: Sequence[str] = ()) -> Plan:
    """Read a config file (below the working directory, else below the home) and lay `settings` over it.

    Raises ConfigError naming the file, field, value and what is allowed.
    """
    file = named_file(path)
    config = build(BacktestConfig, assign_setting(read_json(file), settings), str(path))
    lanes = load(LanesConfig, config_file("lanes.json")).lanes
    limits = load(RiskConfig, config_file("risk.json")).lanes
    venue = _section(LaneVenue, lanes, config.lane, config.venue, f"{path}: venue")
    risk = _section(LaneRisk, limits, config.lane, config.risk, f"{path}: risk")
    if config.currency != venue.currency:
        raise ConfigError(
            f"{path}: equity was in {config.currency}, the {config.lane} lane's account is in {venue.currency}"
        )
    rates = load(RatesConfig, config_file("rates.json")) if venue.carry.kind == "rollover" else None
    command = shlex.join(["tradingbot", "backtest", str(path), *(f"--set={setting}" for setting in settings)])
    return Plan(config, venue, risk, rates, command)


def _section[S: (LaneVenue, LaneRisk)](
    model: type[S], lanes: Mapping[Lane, S], lane: Lane, above: Mapping[str, Any], where: str
) -> S:
    if lane not in lanes:
        raise ConfigError(f"{where}: the lane {lane} has no section in config/lanes.json or config/risk.json")
    return build(model, merge_section(lanes[lane].model_dump(), above), where)


REPLAY = "replay"
"""The feed of a node that is given the past."""


def open_node_market(planned: Plan, feed: str, start: int = 0, since: int = 0) -> tuple[Market, bool]:
    """Return the market of a node, and whether it is synthetic: of `REPLAY` the catalog's, else what a feed carries.

    That one has no end but the config's. With `start` it begins there (UTC ns), and nothing is entered before `since`.
    Errors as in `open_market`.
    """
    if feed == REPLAY:
        return open_planned_market(planned)
    catalog = LiveCatalog(resolve(planned.config.catalog), journal_file(feed))
    market = open_market(planned.config, catalog)
    end = ENDLESS if planned.config.end is None else market.end
    return replace(market, start=start or market.start, end=end, since=since), (catalog.path / SYNTHETIC).is_file()


def open_planned_market(planned: Plan) -> tuple[Market, bool]:
    """Return the market of a plan, and whether it is synthetic; errors as in `open_market`."""
    catalog = Catalog(resolve(planned.config.catalog))
    return open_market(planned.config, catalog), (catalog.path / SYNTHETIC).is_file()
