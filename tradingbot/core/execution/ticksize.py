# file: core/execution/ticksize.py
"""Tick size: a price that leaves for the venue lies on its instrument's price step, which need be no power of ten."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from nautilus_trader.model import Price

from tradingbot.core.risk.steps import stepped

__all__ = ["on_tick", "trailed"]


def on_tick(instrument: Any, price: Decimal, rounding: str = ROUND_HALF_EVEN) -> Price:
    """Return `price` on the nearest price step of `instrument`, or rounded as `decimal` calls it."""
    tick = instrument.price_increment.as_decimal()
    return Price.from_decimal_dp(stepped(price, tick, rounding), instrument.price_precision)


def trailed(asked: Decimal, tick: Decimal, sign: int, market: Decimal | None) -> Decimal | None:
    """Return where a stop of a position of `sign` goes that is asked for at `asked`: the next tick towards the market.

    Where that tick is the `market` (the bid of a long position, the ask of a short one) it is the last tick before it.
    A stop asked for at the market or beyond it is none: the venue would refuse it.
    """
    if market is not None and (market - asked) * sign <= 0:
        return None
    towards, away = (ROUND_CEILING, ROUND_FLOOR) if sign > 0 else (ROUND_FLOOR, ROUND_CEILING)
    stop = stepped(asked, tick, towards)
    return stop if market is None or (market - stop) * sign > 0 else stepped(asked, tick, away)
