# file: tests/golden/structures.py
"""A short put spread out of what is quoted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from nautilus_trader.model import OptionKind

from tradingbot.core.messages.intent import Leg, Side, SpreadIntent, Strength

__all__ = ["spread_of"]


def spread_of(strategy: Any, underlying: str, close: float, distance: float) -> SpreadIntent | None:
    """Return the intent to sell the put nearest to `distance` below the share and buy the next strike below it."""
    now = strategy.clock.timestamp_ns()
    quoted = [
        item
        for item in strategy.context.instruments
        if getattr(item, "option_kind", None) == OptionKind.PUT
        and item.expiration_ns > now
        and strategy.cache.quote(item.id) is not None
    ]
    nearest = min((item.expiration_ns for item in quoted), default=0)
    puts = sorted(
        (item for item in quoted if item.expiration_ns == nearest), key=lambda item: item.strike_price.as_decimal()
    )
    if len(puts) < 2:
        return None
    wanted = close * (1 - distance)
    at = min(range(1, len(puts)), key=lambda number: abs(float(puts[number].strike_price) - wanted))
    long, short = puts[at - 1], puts[at]
    bought, sold = strategy.cache.quote(long.id).ask_price, strategy.cache.quote(short.id).bid_price
    width = short.strike_price.as_decimal() - long.strike_price.as_decimal()
    credit = sold.as_decimal() - bought.as_decimal()
    legs = (
        Leg(str(short.id), Side.SHORT, sold.as_decimal()),
        Leg(str(long.id), Side.LONG, bought.as_decimal()),
    )
    return SpreadIntent(
        str(strategy.strategy_id), underlying, legs, Decimal(str(close)), width - credit, Strength.NORMAL, now
    )
