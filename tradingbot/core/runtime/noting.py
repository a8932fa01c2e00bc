# file: core/runtime/noting.py
"""Carry what is new in a node's books to its state file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.journal import decision_row
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.simulatedvenue import Told
from tradingbot.core.runtime.statefile import Rows, StateFile

__all__ = ["Noting"]

_HEARTBEAT_S = 1.0


class Noting:
    """Remember how far each list of the books has been written, and write the rest.

    `heard` takes what the venue told, `note` writes all that came since the last one; a heartbeat goes along at most
    once a second of the wall, so that a replay at full speed does not write one per bar.
    """

    def __init__(self, recorder: Recorder, file: StateFile) -> None:
        self._recorder = recorder
        self._file = file
        self._written = {"decisions": 0, "trades": 0, "refusals": 0, "happenings": 0}
        self._orders: list[tuple[Any, ...]] = []
        self._fills: list[tuple[Any, ...]] = []
        self._counts = {"orders": 0, "fills": 0}
        self._beat = 0.0
        self.bars = 0

    def heard(self, told: Sequence[Told]) -> None:
        """Keep the order events among what the venue told."""
        for telling in told:
            if telling.event is not None:
                self._event(telling.event)

    def note(self, instrument: str, ts: int) -> None:
        """Write what is new after a bar of `instrument` that closed at `ts`, the market's time."""
        self.bars += 1
        ledger = self._recorder.ledger
        worth = sum((self._recorder.worth(held, ts) for held in ledger.open_positions), Decimal(0))
        batch = self._new()
        batch.append(("bars", [(instrument, ts)]))
        batch.append(("equity", [(ts, str(ledger.balance + worth), str(ledger.balance))]))
        if time.monotonic() - self._beat >= _HEARTBEAT_S:
            batch.append(self._heartbeat(ts, "running", ""))
        self._file.write(batch)

    def ended(self, ts: int, state: str, sentence: str) -> None:
        """Write the rest, and how the node ended."""
        self._file.write([*self._new(), self._heartbeat(ts, state, sentence)])

    def _heartbeat(self, ts: int, state: str, sentence: str) -> Rows:
        self._beat = time.monotonic()
        return "heartbeat", [(1, time.time_ns(), ts, self.bars, state, sentence)]

    def _event(self, event: Any) -> None:
        order, filled = str(event.client_order_id), type(event).__name__ == "OrderFilled"
        who = (order, str(event.strategy_id), str(event.instrument_id))
        quantity = getattr(event, "last_qty" if filled else "quantity", None)
        price = getattr(event, "last_px" if filled else "trigger_price", None)
        reason = getattr(event, "reason", None)
        self._orders.append(
            (self._next("orders"), int(event.ts_event), *who, type(event).__name__, _text(quantity), _text(price),
             _text(reason))
        )  # fmt: skip
        if filled:
            signed = event.last_qty.as_decimal() * (1 if event.order_side.name == "BUY" else -1)
            self._fills.append(
                (self._next("fills"), int(event.ts_event), *who, str(signed), _text(price), _text(event.commission))
            )

    def _next(self, table: str) -> int:
        self._counts[table] += 1
        return self._counts[table]

    def _new(self) -> list[Rows]:
        recorder = self._recorder
        batch: list[Rows] = [
            ("decisions", [decision_row(*item) for item in self._rest("decisions", recorder.decisions)]),
            ("orders", self._orders),
            ("fills", self._fills),
            ("trades", [_trade(*item) for item in self._rest("trades", recorder.ledger.trades)]),
            (
                "refusals",
                [
                    (number, item.ts, item.strategy, item.instrument, item.rule, item.sentence)
                    for number, item in self._rest("refusals", recorder.refusals)
                ],
            ),
            (
                "happenings",
                [
                    (number, item.ts, item.kind, item.sentence)
                    for number, item in self._rest("happenings", recorder.happenings)
                ],
            ),
        ]
        self._orders, self._fills = [], []
        return [(table, rows) for table, rows in batch if rows]

    def _rest[T](self, table: str, items: Sequence[T]) -> list[tuple[int, T]]:
        known = self._written[table]
        self._written[table] = len(items)
        return list(enumerate(items[known:], known + 1))


def _trade(number: int, trade: Trade) -> tuple[Any, ...]:
    return (
        number, trade.strategy, trade.instrument, trade.side, str(trade.quantity), trade.entry_time,
        str(trade.entry_price), trade.exit_time, _text(trade.exit_price), str(trade.gross), str(trade.fees),
        str(trade.funding), str(trade.pnl), trade.exit_reason, None,
    )  # fmt: skip


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
