# file: core/runtime/backtesthost.py
"""Backtest host: run a plan through the event-driven engine and return the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Stage
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.composition import Setup
from tradingbot.core.runtime.engine import check_terms, within_money_range
from tradingbot.core.runtime.enginehost import EngineHost
from tradingbot.core.runtime.feed import feed_of
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
    config, clock, listeners = planned.config, RunClock(), Listeners()
    check_terms(planned, market)
    shown = market if until is None or until >= market.end else replace(market, end=until)
    feed = feed_of(planned, shown)
    latch = MemoryKillLatch(config.lane, clock.now)
    host = EngineHost(Setup(planned, market, Stage.BACKTEST, latch, clock, listeners), feed)
    lane, bars = host.lane, 0
    if on_order is not None:
        listeners.order.append(on_order)
    try:
        with within_money_range(lane.recorder, config):
            for number, chunk in enumerate(feed, start=1):
                host.run(chunk)
                bars += chunk.bars
                progress(number, feed.chunks)
            host.end()
            if shown is market:
                lane.recorder.reconcile(host.balance)
        return RunOutcome(lane.recorder, bars, lane.gate.closing_orders)
    finally:
        host.close()
