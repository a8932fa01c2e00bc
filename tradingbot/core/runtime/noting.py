# file: core/runtime/noting.py
"""Carry what is new in a node's books to its state file, a bar at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from tradingbot.core.messages.observation import Observation
from tradingbot.core.messages.signal import Signal
from tradingbot.core.portfolio.ledger import OpenPosition
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.backtesthost import Stopped
from tradingbot.core.runtime.journal import decision_row
from tradingbot.core.runtime.liveshadow import LiveShadow
from tradingbot.core.runtime.ordernames import OrderNames
from tradingbot.core.runtime.outbox import Outbox
from tradingbot.core.runtime.past import Past
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.simulatedvenue import Told
from tradingbot.core.runtime.statefile import Rows, StateFile
from tradingbot.core.runtime.staterows import (
    event_rows,
    happening_row,
    position_row,
    refusal_row,
    signal_row,
    trade_row,
    transfer_row,
)

__all__ = ["Noting"]


class Noting:
    """Remember how far each list of the books has been written, and write the rest.

    `heard` takes what the venue told, `opined` what a model said; `note` writes all that came since the last bar in one
    batch: the file holds whole bars. What the node did before it began again is held against `past` instead.
    `stop_of` gives the stop that guards a strategy's position in an instrument.
    """

    def __init__(
        self,
        recorder: Recorder,
        file: StateFile,
        past: Past,
        outbox: Outbox,
        shadow: LiveShadow,
        stop_of: Callable[[str, str], Decimal | None],
    ) -> None:
        self._recorder = recorder
        self._file = file
        self._past = past
        self._outbox = outbox
        self._shadow = shadow
        self._stop_of = stop_of
        self._names = OrderNames()
        self._written = dict.fromkeys(("decisions", "trades", "refusals", "happenings", "transfers"), 0)
        self._counts = dict.fromkeys(("orders", "fills", "signals"), 0)
        self._told: dict[str, list[tuple[Any, ...]]] = {"orders": [], "fills": [], "signals": []}
        self._live: list[tuple[Any, ...]] = []
        self.bars = 0
        self.ts = 0
        self._reached: Stopped | None = None
        self.moved = time.monotonic()

    @property
    def catching_up(self) -> bool:
        """Whether the node still repeats what is on record."""
        return self.bars < self._past.bars

    def reached(self, start: int) -> Stopped:
        """Return where the last bar left the books; at `start`, UTC ns, when none has closed yet."""
        return self._reached or Stopped(start, self._recorder.ledger.start)

    def heard(self, told: Sequence[Told]) -> None:
        """Keep the order events among what the venue told."""
        for telling in told:
            if telling.event is not None:
                self._event(telling.event)

    def opined(self, seen: Observation, signal: Signal | None) -> None:
        """Keep an opinion that somebody may act on: an abstention is none."""
        if signal is None or signal.direction is not None:
            self._told["signals"].append(signal_row(self._next("signals"), seen, signal))

    def judged(self) -> None:
        """Ask what live would have answered to the last intent, unless that is on record."""
        number = len(self._recorder.decisions)
        if number > self._past.last["decisions"]:
            self._live.append(self._shadow.row(number, self._recorder.decisions[-1]))

    def note(self, instrument: str, ts: int) -> None:
        """Write what is new after a bar of `instrument` that closed at `ts`, the market's time.

        Raises
        ------
        RunFailed
            When the file cannot be written, or the past came out otherwise than it is on record.
        """
        recorder = self._recorder
        balance, held = recorder.ledger.balance, recorder.ledger.open_positions
        reached = Stopped(ts, recorder.equity(ts), [recorder.open_trade(position, ts) for position in held])
        bar, equity = (instrument, ts), (ts, str(reached.equity), str(balance))
        batch = self._fresh()
        if not self._past.knows(self.bars + 1, bar, equity):
            batch += [
                ("bars", [bar]),
                ("equity", [equity]),
                ("positions", [self._position(*item, ts) for item in zip(held, reached.open, strict=True)]),
            ]
        self._file.write([(table, rows) for table, rows in batch if rows or table == "positions"])
        self.bars, self.ts, self.moved, self._reached = self.bars + 1, ts, time.monotonic(), reached

    def finished(self) -> None:
        """Write what came after the last bar; of a node that was stopped within one, the next run makes it again."""
        self._file.write(self._fresh())

    def _fresh(self) -> list[Rows]:
        """Return what is new and not on record, with what is to be told of it and what live would have answered."""
        batch = self._past.new(self._new())
        live, self._live = self._live, []
        return [*batch, ("outbox", [self._outbox.row(*news) for news in _news(batch)]), ("live", live)]

    def _event(self, event: Any) -> None:
        order = self._names.of(str(event.client_order_id))
        row, fill = event_rows(event, order, self._next("orders"), self._counts["fills"] + 1)
        reason = row[-1] and self._names.within(row[-1])
        self._told["orders"].append((*row[:-1], reason))
        if fill is not None:
            self._next("fills")
            self._told["fills"].append(fill)

    def _next(self, table: str) -> int:
        self._counts[table] += 1
        return self._counts[table]

    def _new(self) -> list[Rows]:
        recorder = self._recorder
        told, self._told = self._told, {"orders": [], "fills": [], "signals": []}
        return [
            ("signals", told["signals"]),
            (
                "decisions",
                [decision_row(*item, self._names.of) for item in self._rest("decisions", recorder.decisions)],
            ),
            ("orders", told["orders"]),
            ("fills", told["fills"]),
            (
                "trades",
                [
                    trade_row(number, trade, recorder.risked[number - 1])
                    for number, trade in self._rest("trades", recorder.ledger.trades)
                ],
            ),
            ("refusals", [refusal_row(*item) for item in self._rest("refusals", recorder.refusals)]),
            ("happenings", [happening_row(*item) for item in self._rest("happenings", recorder.happenings)]),
            (
                "transfers",
                [
                    transfer_row(number, moved, recorder.marked.flows[number - 1].equity)
                    for number, moved in self._rest("transfers", recorder.ledger.transfers)
                ],
            ),
        ]

    def _position(self, held: OpenPosition, trade: Trade, ts: int) -> tuple[Any, ...]:
        price, stop = self._recorder.mark(held, ts), self._stop_of(held.strategy, held.instrument)
        return position_row(held, price, stop, trade.pnl)

    def _rest[T](self, table: str, items: Sequence[T]) -> list[tuple[int, T]]:
        known = self._written[table]
        self._written[table] = len(items)
        return list(enumerate(items[known:], known + 1))


def _news(batch: Sequence[Rows]) -> list[tuple[int, str, str]]:
    """Return (time, kind, sentence) of what deserves to be told."""
    found = []
    for table, rows in batch:
        for row in rows:
            if table == "trades":
                found.append((row[7], "trade", f"{row[1]} closed {row[3]} {row[4]} {row[2]}: {row[12]} ({row[13]})"))
            elif table == "happenings":
                found.append((row[1], row[2], row[3]))
    return found
