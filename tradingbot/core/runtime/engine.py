# file: core/runtime/engine.py
"""Backtest engine of a run: built with one venue, kept within the money it can count and the thread that made it."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from nautilus_trader.backtest import BacktestEngine, BacktestEngineConfig
from nautilus_trader.common import CacheConfig, LoggerConfig, LogLevel
from nautilus_trader.model import AccountType, Currency, Money, OmsType, TraderId, Venue

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.load import MONEY_MAX
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.venue.financing import next_rollover
from tradingbot.core.execution.venue.venuemodels import VenueModels
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.time import SECOND

TRADER = "TRADER-001"
"""Who trades, in every stage: a node and its simulated venue must agree on it."""

# Room is taken for each instrument in advance; the engine's own 10,000 ticks are 2 MB, of a thousand options 2 GB.
TICKS = 100

_EVERY = 2_000


def build_engine(
    instruments: Iterable[Any], venue: LaneVenue, models: VenueModels, equity: Decimal, exact: bool
) -> BacktestEngine:
    """Return an engine with the lane's venue and instruments.

    One margin account in the lane's currency; bars trade only in `fast`; stops that the market has already passed
    trigger at once instead of being rejected, so that no entry stays unprotected.
    """
    listed = list(instruments)
    logging = LoggerConfig(stdout_level=LogLevel.OFF, print_config=False, bypass_logging=True)
    cache = CacheConfig(tick_capacity=TICKS)
    engine = BacktestEngine(
        BacktestEngineConfig(trader_id=TraderId(TRADER), logging=logging, run_analysis=False, cache=cache)
    )
    currency = Currency.from_str(venue.currency)
    engine.add_venue(
        Venue(str(listed[0].id.venue)),
        OmsType.NETTING,
        AccountType.MARGIN,
        [Money.from_decimal(equity, currency)],
        base_currency=currency,
        default_leverage=venue.leverage,
        fill_model=models.fills,
        fee_model=models.fees,
        latency_model=models.latency,
        modules=[*models.modules, *models.loans],
        reject_stop_orders=False,
        bar_execution=not exact,
        bar_adaptive_high_low_ordering=True,
        liquidation_enabled=venue.liquidation,
        liquidation_trigger_ratio=1.0 if venue.liquidation else None,
    )
    for instrument in listed:
        engine.add_instrument(instrument)
    return engine


@contextmanager
def collect_garbage_here() -> Iterator[Callable[[], None]]:
    """Keep the collector from running by itself while the block lasts.

    Left alone it runs in whichever thread allocates next, and the process aborts when that is the venue's and the
    garbage the node's. The callable given is called by this thread again and again, and collects now and then.
    """
    was = gc.isenabled()
    gc.collect()
    gc.disable()
    calls = 0

    def collect() -> None:
        nonlocal calls
        calls += 1
        if not calls % _EVERY:
            gc.collect()

    try:
        yield collect
    finally:
        if was:
            gc.enable()


def check_terms(planned: Plan, market: Market) -> None:
    """Raise ConfigError, naming the field, when the engine cannot hold to the terms of a run.

    Beside money these are a latency of a third of a bar or more, and a missing rate: at the first rollover the engine
    would wrap that error.
    """
    config, venue, step = planned.config, planned.venue, market.sources[0].step
    check_money(config, venue)
    if config.realism == "exact" and venue.latency_ms * 1_000_000 >= step.ns // 3:
        raise ConfigError(
            f"venue.latency_ms was {venue.latency_ms}, allowed is less than a third of a {step} bar"
            f" ({step.ns // 3_000_000} ms)"
        )
    if venue.carry.kind == "rollover" and planned.rates is not None:
        first = dt.datetime.fromtimestamp(next_rollover(market.start) // SECOND, dt.UTC).date()
        for instrument in market.instruments:
            for currency in (instrument.base_currency, instrument.quote_currency):
                planned.rates.on(str(currency.code), first)


def check_money(config: BacktestConfig, venue: LaneVenue) -> None:
    """Raise ConfigError when the engine would round an amount, or could not count the leveraged positions of equity."""
    digits = Currency.from_str(config.currency).precision
    withdrawals = [(f"events.{number}.withdraw", event.amount) for number, event in enumerate(config.events)]
    for field, amount in [("equity", config.start_equity), *withdrawals]:
        if round(amount, digits) != amount:
            raise ConfigError(f"{field} was {amount:f} {config.currency}, allowed are at most {digits} decimals")
    if config.start_equity * venue.leverage > MONEY_MAX:
        raise ConfigError(
            f"equity was {config.start_equity:,f} {config.currency}, allowed is at most"
            f" {int(MONEY_MAX / venue.leverage):,}: the {config.lane} lane trades up to {venue.leverage:f} times its"
            f" equity, and the engine counts up to {MONEY_MAX:,}"
        )


@contextmanager
def within_money_range(recorder: Recorder, config: BacktestConfig) -> Iterator[None]:
    """Refuse, when the block ends in whichever way, an equity that went beyond what the engine can count.

    Raises ConfigError naming the equity the run began with, the one it reached and the limit.
    """
    try:
        yield
    finally:
        reached = max(recorder.equity(), recorder.peak())
        if reached > MONEY_MAX:
            raise ConfigError(
                f"equity was {config.equity}, with which the run reached {reached:,.2f}; allowed is what stays below"
                f" {MONEY_MAX:,}, which is all that the engine can count"
            )


def balance_of(account: Any, currency: str, start: Decimal) -> Decimal:
    """Return what the engine's account holds of a currency, `start` where it has no account yet."""
    held = () if account is None else account.balances_total().values()
    return next((money.as_decimal() for money in held if str(money.currency.code) == currency), start)
