# file: core/runtime/staterows.py
"""The rows of a node's state, from what its books hold."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.observation import Observation
from tradingbot.core.messages.signal import Signal
from tradingbot.core.portfolio.happening import Happening
from tradingbot.core.portfolio.ledger import OpenPosition
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.risk.steps import decimal_of

__all__ = ["event_rows", "happening_row", "position_row", "refusal_row", "signal_row", "trade_row", "transfer_row"]


def trade_row(number: int, trade: Trade, risked: Decimal | None) -> tuple[Any, ...]:
    """Return a closed trade."""
    return (
        number, trade.strategy, trade.instrument, trade.side, str(trade.quantity), trade.entry_time,
        str(trade.entry_price), trade.exit_time, _text(trade.exit_price), str(trade.gross), str(trade.fees),
        str(trade.funding), str(trade.pnl), trade.exit_reason, _text(risked),
    )  # fmt: skip


def refusal_row(number: int, refused: Refused) -> tuple[Any, ...]:
    """Return a refusal."""
    return number, refused.ts, refused.strategy, refused.instrument, refused.rule, refused.sentence


def happening_row(number: int, happening: Happening) -> tuple[Any, ...]:
    """Return what happened to the lane."""
    return number, happening.ts, happening.kind, happening.sentence


def transfer_row(number: int, moved: tuple[int, Decimal], before: Decimal) -> tuple[Any, ...]:
    """Return money that came in or left: when, how much, and the equity just before."""
    return number, moved[0], str(moved[1]), str(before)


def signal_row(number: int, seen: Observation, signal: Signal | None) -> tuple[Any, ...]:
    """Return an opinion with the exact probability and features; without a signal it judged an entry."""
    said = (None, None, None) if signal is None else (signal.model, _text(signal.direction), _text(signal.strength))
    return number, seen.ts, seen.instrument, *said, seen.probability, json.dumps(seen.features)


def position_row(held: OpenPosition, price: Decimal, stop: Decimal | None, pnl: Decimal) -> tuple[Any, ...]:
    """Return an open position, valued at `price`."""
    # A price that was a float has digits that mean nothing.
    last = f"{decimal_of(float(price)).normalize():f}"
    return (
        held.strategy, held.instrument, str(held.signed), str(held.entry_price), held.opened, last, _text(stop),
        str(pnl),
    )  # fmt: skip


def event_rows(
    event: Any, order: str, number: int, fill: int
) -> tuple[tuple[Any, ...], tuple[Any, ...] | None]:  # fmt: skip
    """Return a Nautilus order event, and the fill it is or None; `order` is the order's name."""
    filled = type(event).__name__ == "OrderFilled"
    who = (order, str(event.strategy_id), str(event.instrument_id))
    quantity = getattr(event, "last_qty" if filled else "quantity", None)
    price = getattr(event, "last_px" if filled else "trigger_price", None)
    reason = getattr(event, "reason", None)
    row = (number, int(event.ts_event), *who, type(event).__name__, _text(quantity), _text(price), _text(reason))
    if not filled:
        return row, None
    signed = event.last_qty.as_decimal() * (1 if event.order_side.name == "BUY" else -1)
    return row, (fill, int(event.ts_event), *who, str(signed), _text(price), _text(event.commission))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
