# file: core/runtime/backtesthost.py
"""Run a set of strategies through the event-driven engine and bring home what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from nautilus_trader.model import BarType, Currency, Venue
from nautilus_trader.trading import Strategy

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.carry import next_rollover
from tradingbot.core.execution.faults import Faults
from tradingbot.core.execution.gatekeeper import Gatekeeper
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.execution.lineup import Lineup
from tradingbot.core.execution.rates import Rates
from tradingbot.core.execution.seat import Seat
from tradingbot.core.execution.tape import Tape
from tradingbot.core.execution.venuemodels import VenueModels, venue_models
from tradingbot.core.risk.desk import Desk
from tradingbot.core.runtime.engine import build_engine
from tradingbot.core.runtime.feed import Feed, seen_type
from tradingbot.core.runtime.loading import load_strategy
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.roster import install

__all__ = ["Outcome", "run"]

_CYCLES = frozenset({"_clock", "_follow", "_handlers"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run leaves: the recorder's books, how many bars ran, and how many closing orders the GATE let through."""

    recorder: Recorder
    bars: int
    closing_orders: int


def run(
    config: BacktestConfig,
    venue: LaneVenue,
    risk: LaneRisk,
    policy_rates: RatesConfig | None,
    market: Market,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Run `config` on `market`; `progress` hears (chunks done, chunks in all).

    Raises
    ------
    StrategyFailed
        When any component raised, with its traceback.
    LedgerMismatch
        When the ledger and the engine's account disagree.
    ConfigError
        When the config asks for what the lane cannot do.
    """
    exact = config.realism == "exact"
    feed = Feed(market.catalog, market.sources, market.contracts, venue, exact, market.start, market.end)
    _check_latency(venue, market, exact)
    _check_rates(venue, policy_rates, market)
    tape, faults, approvals = Tape(), Faults(), Approvals()
    rates = Rates(market.instruments, venue.currency, tape)
    by_name = {str(item.id): item for item in market.instruments}
    precision = Currency.from_str(venue.currency).precision
    recorder = Recorder(config.start_equity, by_name, tape, rates, venue.currency, precision, market.start)
    models = venue_models(
        venue, market.charges, exact or bool(market.contracts), config.seed, tape, rates, recorder, faults, policy_rates
    )
    gate = Gatekeeper(approvals, recorder, faults)
    strategies = _strategies(config, venue, risk, market, rates, approvals, recorder, faults)
    _share_time(gate, recorder, rates, models)
    faults.halt = partial(Strategy.shutdown_system, strategies[0])
    engine = build_engine(market.instruments, venue, models, config.start_equity, exact)
    try:
        install(engine, gate, strategies)
        bars = _stream(engine, feed, tape, recorder, faults, progress)
        account = engine.cache.account_for_venue(Venue(str(market.instruments[0].id.venue)))
        recorder.reconcile(_balance(account, venue.currency, config.start_equity))
        return Outcome(recorder, bars, gate.closing_orders)
    finally:
        engine.dispose()
        _let_go(gate, strategies, recorder, rates, models)


def _stream(
    engine: Any, feed: Feed, tape: Tape, recorder: Recorder, faults: Faults, progress: Callable[[int, int], None]
) -> int:
    bars = 0
    for number, chunk in enumerate(feed, start=1):
        tape.load(chunk.strips)
        if chunk.data:
            for rows in chunk.data:
                engine.add_data(rows, sort=False, validate=False)
            engine.sort_data()
            engine.run(streaming=True)
            engine.clear_data()
        faults.raise_first()
        recorder.close_days(chunk.until + 1)
        bars += chunk.bars
        progress(number, feed.chunks)
    engine.end()
    faults.raise_first()
    return bars


def _strategies(
    config: BacktestConfig,
    venue: LaneVenue,
    risk: LaneRisk,
    market: Market,
    rates: Rates,
    approvals: Approvals,
    recorder: Recorder,
    faults: Faults,
) -> list[LaneStrategy]:
    desk = Desk(risk)
    bar_types = {source.name: BarType.from_str(seen_type(source, venue)) for source in market.sources}
    loaded = [load_strategy(spec) for spec in config.strategies]
    names = [f"{cls.__name__}-{number:03d}" for number, (cls, _params) in enumerate(loaded)]
    lineup = Lineup(names)
    found = []
    for name, (cls, params) in zip(names, loaded, strict=True):
        seat = Seat(
            name=name,
            lane=config.lane,
            instruments=tuple(market.instruments),
            bar_types=bar_types,
            venue=venue,
            leverage=risk.max_position_leverage,
            minimum_notional=market.minimum_notional,
            desk=desk,
            approvals=approvals,
            record=recorder,
            rates=rates,
            faults=faults,
            lineup=lineup,
            until=market.end,
        )
        found.append(cls(params, seat))
    return found


def _share_time(gate: Gatekeeper, recorder: Recorder, rates: Rates, models: VenueModels) -> None:
    models.tell_time(gate.now)
    recorder.now = gate.now
    rates.now = gate.now
    recorder.arrivals = models.fills.arrivals


def _let_go(
    gate: Gatekeeper, strategies: Sequence[LaneStrategy], recorder: Recorder, rates: Rates, models: VenueModels
) -> None:
    """Stop the clock and cut what refers to itself.

    The engine's objects may be dropped by the thread that made them only, and a cycle waits for whichever comes next.
    """
    ended = gate.now()
    recorder.now = rates.now = models.fills.now = lambda: ended
    for strategy in strategies:
        strategy.faults.halt = None
        for name in _CYCLES & vars(strategy).keys():
            delattr(strategy, name)


def _check_latency(venue: LaneVenue, market: Market, exact: bool) -> None:
    step = market.sources[0].step
    if exact and venue.latency_ms * 1_000_000 >= step.ns // 3:
        raise ConfigError(
            f"venue.latency_ms was {venue.latency_ms}, allowed is less than a third of a {step} bar"
            f" ({step.ns // 3_000_000} ms)"
        )


def _check_rates(venue: LaneVenue, rates: RatesConfig | None, market: Market) -> None:
    """Miss a rate now rather than at the first rollover, where the engine would wrap the error."""
    if venue.carry.kind != "rollover" or rates is None:
        return
    first = dt.datetime.fromtimestamp(next_rollover(market.start) // 1_000_000_000, dt.UTC).date()
    for instrument in market.instruments:
        for currency in (instrument.base_currency, instrument.quote_currency):
            rates.on(str(currency.code), first)


def _balance(account: Any, currency: str, start: Decimal) -> Decimal:
    if account is None:
        return start
    for money in account.balances_total().values():
        if str(money.currency.code) == currency:
            found: Decimal = money.as_decimal()
            return found
    return start
