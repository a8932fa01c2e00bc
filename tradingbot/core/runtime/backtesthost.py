# file: core/runtime/backtesthost.py
"""Backtest host: run a plan through the event-driven engine and return the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from nautilus_trader.model import Venue
from nautilus_trader.trading import Strategy

from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Stage
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.composition import Composition, Setup, compose, install
from tradingbot.core.runtime.engine import balance_of, build_engine, check_terms, within_money_range
from tradingbot.core.runtime.feed import Feed, feed_of
from tradingbot.core.runtime.listeners import Listeners, RunClock
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.recorder import RunOutcome


def run_backtest(
    planned: Plan,
    market: Market,
    progress: Progress = no_progress,
    *,
    on_order: Callable[[Any], None] | None = None,
    until: int | None = None,
) -> RunOutcome:
    """Run a plan on `market`; `progress` hears (chunks done, chunks in all), `on_order` every order event.

    What comes after `until` (UTC ns) is left away without anyone's knowing: for them the run does not end there. What
    is on its way then is lost, so the books are not held against the account.

    Raises StrategyFailed when any component raised, with its traceback; LedgerMismatch when the ledger and the engine's
    account disagree; ConfigError when the config asks for what the lane cannot do, or equity left the engine's range.
    """
    config, venue, clock, listeners = planned.config, planned.venue, RunClock(), Listeners()
    check_terms(planned, market)
    shown = market if until is None or until >= market.end else replace(market, end=until)
    feed = feed_of(planned, shown)
    latch = MemoryKillLatch(config.lane, clock.now)
    lane = compose(Setup(planned, market, Stage.BACKTEST, latch, clock, listeners))
    if on_order is not None:
        listeners.order.append(on_order)
    listeners.fault.append(partial(Strategy.shutdown_system, lane.strategies[0]))
    models = lane.venue_models(clock.now)
    engine = build_engine(market.instruments, venue, models, config.start_equity, config.realism == "exact")
    try:
        install(engine, lane)
        with within_money_range(lane.recorder, config):
            bars = _stream(engine, feed, lane, progress)
            if shown is market:
                account = engine.cache.account_for_venue(Venue(str(market.instruments[0].id.venue)))
                lane.recorder.reconcile(balance_of(account, venue.currency, config.start_equity))
        return RunOutcome(lane.recorder, bars, lane.gate.closing_orders)
    finally:
        engine.dispose()
        lane.release()


def _stream(engine: Any, feed: Feed, lane: Composition, progress: Progress) -> int:
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
