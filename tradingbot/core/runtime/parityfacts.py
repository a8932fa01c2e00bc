# file: core/runtime/parityfacts.py
"""Say what a node's state file and what a backtest hold in the same words, for one span of time."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tradingbot.core.portfolio.isotime import from_iso
from tradingbot.core.runtime.decision import Decision
from tradingbot.core.runtime.journal import decision_row
from tradingbot.core.runtime.paritydid import Did, Turn
from tradingbot.core.runtime.parityspan import Span
from tradingbot.core.runtime.staterows import event_rows

__all__ = ["Hearing", "recorded", "replayed"]

_DECISION = "time, strategy, instrument, side, price, stop, target, verdict, rule, quantity, orders"
_EVENT = 'ts, "order", strategy, instrument, event, quantity, price, reason'
_FILL = "ts, strategy, instrument, quantity, price"
_ELSEWHERE = frozenset({
    "OrderInitialized", "OrderDenied", "OrderPendingUpdate", "OrderPendingCancel", "OrderFilled",
})  # fmt: skip
"""What a node does not record of an order, since no venue told it, and fills, which are compared by themselves."""
_ORDER_ID = re.compile(r"\bO(L?-\d{8}-\d{6}-[\w-]+|\d+\b)")


class Hearing:
    """Keep what a backtest's orders went through within a span, as a node keeps it; called with each order event."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.events: list[tuple[Any, ...]] = []
        self.fills: list[tuple[Any, ...]] = []

    def __call__(self, event: Any) -> None:
        """Keep it."""
        if not self._span.holds(int(event.ts_event)):
            return
        row, fill = event_rows(event, str(event.client_order_id), 0, 0)
        if fill is None:
            self.events.append(row[1:])
        else:
            self.fills.append((fill[1], *fill[3:7]))


def recorded(database: sqlite3.Connection, span: Span) -> list[Did]:
    """Return what the node did within a span."""
    entries = {names.split()[0] for (names,) in database.execute("SELECT orders FROM decisions") if names}
    bounds = (span.since, span.until)
    within = "ts >= ? AND ts < ? ORDER BY number"
    return [
        *_intents((tuple(row) for row in database.execute(f"SELECT {_DECISION} FROM decisions")), span),  # noqa: S608 - names of our own
        *_orders(database.execute(f"SELECT {_EVENT} FROM orders WHERE {within}", bounds), entries),  # noqa: S608 - names of our own
        *_fills(database.execute(f"SELECT {_FILL} FROM fills WHERE {within}", bounds)),  # noqa: S608 - names of our own
    ]


def replayed(decisions: Iterable[Decision], hearing: Hearing, span: Span) -> list[Did]:
    """Return what the backtest did within a span."""
    kept = list(decisions)
    entries = {decision.orders[0] for decision in kept if decision.orders}
    asked = (_plain(decision) for decision in kept if span.holds(decision.intent.ts))
    return [*_intents(asked, span), *_orders(hearing.events, entries), *_fills(hearing.fills)]


def _plain(decision: Decision) -> tuple[Any, ...]:
    row = decision_row(0, decision)
    # number, time, strategy, instrument, side, strength, price, stop, target, verdict, rule, was, limit, sentence,
    # quantity, wanted, orders, view
    return (*row[1:5], *row[6:11], row[14], row[16])


def _intents(rows: Iterable[Sequence[Any]], span: Span) -> Iterator[Did]:
    for time, strategy, instrument, side, price, stop, target, verdict, rule, quantity, _orders in rows:
        ts = from_iso(time)
        if span.holds(ts):
            prices = (_decimal(price), _decimal(stop), _decimal(target))
            said = f"cut by {rule}" if rule and verdict == "approved" else rule or verdict
            yield Did("intent", ts, strategy, instrument, side or "", Decimal(quantity or 0), prices, said)


def _orders(rows: Iterable[Sequence[Any]], entries: Container[str]) -> Iterator[Did]:
    lives: dict[tuple[str, str, str], list[Turn]] = {}
    for ts, order, strategy, instrument, event, quantity, price, reason in rows:
        if event not in _ELSEWHERE:
            turn = Turn(event, ts, _decimal(quantity), _decimal(price), _ORDER_ID.sub("an order", reason or ""))
            lives.setdefault((order, strategy, instrument), []).append(turn)
    return _lives(lives, entries)


def _lives(lives: Mapping[tuple[str, str, str], list[Turn]], entries: Container[str]) -> Iterator[Did]:
    for (order, strategy, instrument), turns in lives.items():
        side = "entry" if order in entries else ""
        yield Did("order", turns[0].ts, strategy, instrument, side, Decimal(0), turns=tuple(turns))


def _fills(rows: Iterable[Sequence[Any]]) -> Iterator[Did]:
    for ts, strategy, instrument, quantity, price in rows:
        signed = Decimal(quantity)
        side = "BUY" if signed > 0 else "SELL"
        yield Did("fill", ts, strategy, instrument, side, abs(signed), (_decimal(price),))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
