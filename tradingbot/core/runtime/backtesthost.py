# file: core/runtime/backtesthost.py
"""Backtest host: run a set of strategies through the event-driven engine and return the outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from nautilus_trader.model import Venue

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.execution.venue.financing import next_rollover
from tradingbot.core.execution.venue.venuemodels import VenueModels
from tradingbot.core.lane import Stage
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.composition import Composition, Setup, compose, install
from tradingbot.core.runtime.engine import build_engine, check_money, within_money_range
from tradingbot.core.runtime.feed import DataGaps, Feed
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.recorder import Recorder


@dataclass(frozen=True, slots=True)
class StopPoint:
    """Where a node was stopped: at the close of the last bar it wrote down (UTC ns), with its equity and what was open.

    Its recorder may have gone on within the next bar.
    """

    ts: int
    equity: Decimal
    open: Sequence[Trade] = ()


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run leaves: the recorder's books, how many bars ran, and how many closing orders the GATE let through.

    `stopped` is where it was stopped before its data ended, None where it was not.
    """

    recorder: Recorder
    bars: int
    closing_orders: int
    stopped: StopPoint | None = None


def run_backtest(
    config: BacktestConfig,
    venue: LaneVenue,
    risk: LaneRisk,
    policy_rates: RatesConfig | None,
    market: Market,
    progress: Progress = no_progress,
    *,
    heard: Callable[[Any], None] | None = None,
    until: int | None = None,
) -> RunOutcome:
    """Run `config` on `market`; `progress` hears (chunks done, chunks in all), `heard` every order event.

    What comes after `until` (UTC ns) is left away without anyone's knowing: for them the run does not end there. What
    is on its way then is lost, so the books are not held against the account.

    Raises StrategyFailed when any component raised, with its traceback; LedgerMismatch when the ledger and the engine's
    account disagree; ConfigError when the config asks for what the lane cannot do, or equity left the engine's range.
    """
    exact = config.realism == "exact"
    check_terms(config, venue, policy_rates, market)
    shown = market if until is None or until >= market.end else replace(market, end=until)
    feed = feed_of(config, venue, risk, shown)
    latch = MemoryKillLatch(config.lane)
    lane = compose(Setup(config, venue, risk, policy_rates, market, Stage.BACKTEST, latch, _here, heard=heard))
    latch.now = lane.gate.now
    engine = build_engine(market.instruments, venue, lane.models, config.start_equity, exact)
    try:
        install(engine, lane.gate, lane.actors, lane.strategies)
        with within_money_range(lane.recorder, config):
            bars = _stream(engine, feed, lane, progress)
            if shown is market:
                account = engine.cache.account_for_venue(Venue(str(market.instruments[0].id.venue)))
                lane.recorder.reconcile(balance_of(account, venue.currency, config.start_equity))
        return RunOutcome(lane.recorder, bars, lane.gate.closing_orders)
    finally:
        engine.dispose()
        lane.let_go()
        latch.now = lambda: 0


def feed_of(config: BacktestConfig, venue: LaneVenue, risk: LaneRisk, market: Market) -> Feed:
    """Return the run's market data in chunks, its gaps cut out, with as much of the past as correlations need."""
    return Feed(
        market.catalog,
        market.sources,
        market.contracts,
        venue,
        config.realism == "exact",
        market.start,
        market.end,
        gaps=DataGaps(config.events),
        memory=risk.correlation.window + 1,
    )


def check_terms(config: BacktestConfig, venue: LaneVenue, rates: RatesConfig | None, market: Market) -> None:
    """Raise ConfigError when a run cannot hold to its terms: money, latency against bars, missing rates."""
    check_money(config, venue)
    _check_latency(venue, market, config.realism == "exact")
    _check_rates(venue, rates, market)


def _here(make: Callable[[], VenueModels]) -> VenueModels:
    return make()


def _stream(engine: Any, feed: Feed, lane: Composition[VenueModels], progress: Progress) -> int:
    bars = 0
    for number, chunk in enumerate(feed, start=1):
        lane.tape.load(chunk.strips)
        if chunk.data:
            for rows in chunk.data:
                engine.add_data(rows, sort=False, validate=False)
            engine.sort_data()
            engine.run(streaming=True)
            engine.clear_data()
        lane.faults.raise_first()
        lane.recorder.mark_until(chunk.until + 1)
        bars += chunk.bars
        progress(number, feed.chunks)
    engine.end()
    lane.faults.raise_first()
    return bars


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


def balance_of(account: Any, currency: str, start: Decimal) -> Decimal:
    """Return what the engine's account holds of a currency, `start` where it has no account yet."""
    if account is None:
        return start
    for money in account.balances_total().values():
        if str(money.currency.code) == currency:
            found: Decimal = money.as_decimal()
            return found
    return start
