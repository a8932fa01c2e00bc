# file: core/runtime/engine.py
"""A quiet engine with one venue, built for one run."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from nautilus_trader.backtest import BacktestEngine, BacktestEngineConfig
from nautilus_trader.common import CacheConfig, LoggerConfig, LogLevel
from nautilus_trader.model import AccountType, Currency, Money, OmsType, TraderId, Venue

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.execution.venuemodels import VenueModels

__all__ = ["TRADER", "build_engine"]

TRADER = "TRADER-001"
"""Who trades, in every stage: a node and its simulated venue must agree on it."""

# Room is taken for each instrument in advance; the engine's own 10,000 ticks are 2 MB, of a thousand options 2 GB.
_TICKS = 100


def build_engine(
    instruments: Iterable[Any], venue: LaneVenue, models: VenueModels, equity: Decimal, exact: bool
) -> BacktestEngine:
    """Return an engine with the lane's venue and instruments.

    One margin account in the lane's currency; bars trade only in `fast`; stops that the market has already passed
    trigger at once instead of being rejected, so that no entry stays unprotected.
    """
    listed = list(instruments)
    logging = LoggerConfig(stdout_level=LogLevel.OFF, print_config=False, bypass_logging=True)
    cache = CacheConfig(tick_capacity=_TICKS)
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
        modules=models.modules,
        reject_stop_orders=False,
        bar_execution=not exact,
        bar_adaptive_high_low_ordering=True,
        liquidation_enabled=venue.liquidation,
        liquidation_trigger_ratio=1.0 if venue.liquidation else None,
    )
    for instrument in listed:
        engine.add_instrument(instrument)
    return engine
