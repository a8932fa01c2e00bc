# file: core/runtime/statewriter.py
"""State writer: carry what is new in a node's ledger and decisions to its state file, a bar at a time."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.execution.gate import GATE_SAYS
from tradingbot.core.execution.record import LaneEvent
from tradingbot.core.messages.approval import Refused
from tradingbot.core.messages.signal import Observation, Signal
from tradingbot.core.portfolio.ledger import OpenPosition
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.risk.rounding import decimal_of
from tradingbot.core.runtime.decisions import decision_row
from tradingbot.core.runtime.liveshadow import LiveShadow
from tradingbot.core.runtime.recorder import Recorder, StopPoint
from tradingbot.core.runtime.statefile import Outbox, Rows, StateFile
from tradingbot.core.stateful import Stateful


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


def happening_row(number: int, happening: LaneEvent) -> tuple[Any, ...]:
    """Return what happened to the lane."""
    return number, happening.ts, happening.kind, happening.sentence


def transfer_row(number: int, moved: tuple[int, Decimal], before: Decimal) -> tuple[Any, ...]:
    """Return money that came in or left: when, how much, and the equity just before."""
    return number, moved[0], str(moved[1]), str(before)


def signal_row(number: int, seen: Observation, signal: Signal | None) -> tuple[Any, ...]:
    """Return an opinion with the exact probability and features; without a signal it judged an entry."""
    opinion = (None, None, None) if signal is None else (signal.model, _text(signal.direction), _text(signal.strength))
    return number, seen.ts, seen.instrument, *opinion, seen.probability, json.dumps(seen.features)


def position_row(held: OpenPosition, price: Decimal, stop: Decimal | None, pnl: Decimal) -> tuple[Any, ...]:
    """Return an open position, valued at `price`."""
    # A price that was a float has digits that mean nothing.
    last = f"{decimal_of(float(price)).normalize():f}"
    return (
        held.strategy, held.instrument, str(held.signed), str(held.entry_price), held.opened, last, _text(stop),
        str(pnl),
    )  # fmt: skip


def event_rows(event: Any, order: str, number: int, fill: int) -> tuple[tuple[Any, ...], tuple[Any, ...] | None]:
    """Return a Nautilus order event, and the fill it is or None; `order` is the order's name."""
    kind = type(event).__name__
    filled = kind == "OrderFilled"
    who = (order, str(event.strategy_id), str(event.instrument_id))
    quantity = getattr(event, "last_qty" if filled else "quantity", None)
    price = getattr(event, "last_px" if filled else "trigger_price", None)
    reason = _text(getattr(event, "reason", None))
    row = (number, int(event.ts_event), *who, kind, _text(quantity), _text(price), reason)
    if not filled:
        return row, None
    signed = event.last_qty.as_decimal() * (1 if event.order_side.name == "BUY" else -1)
    return row, (fill, int(event.ts_event), *who, str(signed), _text(price), _text(event.commission))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


_ID = re.compile(r"\bOL?-\d{8}-\d{6}-[\w-]+")


class OrderNames(Stateful):
    """Number client order ids as they first appear: the engine's carry the wall's date and time."""

    state_names = ("_names", "_count")

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._count = 0

    def of(self, order: str) -> str:
        """Return the name of a client order id."""
        if order not in self._names:
            self._count += 1
            self._names[order] = f"O{self._count}"
        return self._names[order]

    def within(self, sentence: str) -> str:
        """Return a sentence of the engine's, such as why it rejects, with the names of the orders it speaks of."""
        return _ID.sub(lambda match: self.of(match[0]), sentence)

    def forget_ended(self, live: Container[str]) -> None:
        """Let go of the names of orders that are not `live`, client order ids."""
        self._names = {order: name for order, name in self._names.items() if order in live}


class RecordedPast(Protocol):
    """What is on record of a node that began again, and how a host compares what comes out with it."""

    last: dict[str, int]
    """The number of the last row of each table."""
    until: int
    """The close of the last bar on record, UTC ns."""

    def new(self, batch: Sequence[Rows]) -> list[Rows]:
        """Return what of a batch is not on record."""

    def new_bars(self, since: int, bars: Sequence[tuple[Any, ...]], equity: Sequence[tuple[Any, ...]]) -> list[Rows]:
        """Return what of the bars after `since` (UTC ns), and of the equity at their closes, is not on record."""


LOCAL_EVENTS = frozenset({"OrderInitialized", "OrderPendingUpdate", "OrderPendingCancel"})
"""What a strategy notes when it asks; no venue tells of it."""


class StateWriter(Stateful):
    """Remember how far each list of the books has been written, and write the rest.

    `note` writes all that came up to a close in one batch: the file holds whole moments. What the node did before it
    began again is held against `past` instead. `stop_of` gives the stop that guards a position. Engine and node write
    the same rows in the same order, however much comes in one batch: events stand in order of time, those of a moment
    by strategy and in the order in which their orders were made.
    """

    state_names = ("_names", "_written", "_pending", "_live", "bars", "ts")

    def __init__(
        self,
        recorder: Recorder,
        file: StateFile,
        past: RecordedPast,
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
        self._written: Counter[str] = Counter()
        self._events: list[Any] = []
        self._signals: list[tuple[Any, ...]] = []
        self._pending: list[Rows] = []
        self._live: list[tuple[Any, ...]] = []
        self._equity: list[tuple[Any, ...]] = []
        self.bars = 0
        self.ts = 0
        self._reached: StopPoint | None = None
        self.moved = 0.0

    def begin(self) -> None:
        """Take note that data are due from now on."""
        self.moved = time.monotonic()

    @property
    def catching_up(self) -> bool:
        """Whether the node still repeats what is on record."""
        return self.ts < self._past.until

    @property
    def written(self) -> dict[str, int]:
        """How many rows each table of the file has."""
        waiting = Counter({table: 0 for table in self._written})
        for table, rows in self._pending:
            waiting[table] += len(rows)
        return {table: rows - waiting[table] for table, rows in self._written.items()}

    def reached(self, start: int) -> StopPoint:
        """Return where the last bar left the books; at `start`, UTC ns, when none has closed yet."""
        return self._reached or StopPoint(start, self._recorder.ledger.start)

    def reported(self, reports: Sequence[Any]) -> None:
        """Keep the order events among what the venue of a node reported."""
        self._events += [item.event for item in reports if item.event is not None]

    def followed(self, event: Any) -> None:
        """Keep an order event of a backtest engine, unless it is one that a node's venue would not tell."""
        kind = type(event).__name__
        if kind not in LOCAL_EVENTS and not (kind == "OrderDenied" and str(event.reason).startswith(GATE_SAYS)):
            self._events.append(event)

    def opined(self, seen: Observation, signal: Signal | None) -> None:
        """Keep an opinion that somebody may act on: an abstention is none."""
        if signal is None or signal.direction is not None:
            self._signals.append(signal_row(self._next("signals"), seen, signal))

    def judged(self) -> None:
        """Ask what live would have answered to the last intent, unless that is on record."""
        number = self._recorder.intents
        if number > self._past.last["decisions"]:
            self._live.append(self._shadow.row(number, self._recorder.decisions[-1]))

    def marked(self, ts: Ints, worth: Floats, balance: Decimal) -> None:
        """Keep the equity at the closes `ts`: the balance and what open positions were worth beyond it."""
        # Of the moments up to the last noted one the rows were made then.
        self._equity += (
            (at, str(balance + decimal_of(each) if each else balance), str(balance))
            for at, each in zip(ts.tolist(), worth.tolist(), strict=True)
            if at > self.ts
        )

    def note(self, bars: Sequence[tuple[str, int]]) -> None:
        """Write what is new after some bars (instrument, close in UTC ns), ascending, that all have acted on.

        Raises RunFailed when the file cannot be written, or the past came out otherwise than it is on record.
        """
        if not bars:
            return
        recorder, ts = self._recorder, bars[-1][1]
        marked = self._equity[-1][0] if self._equity else self.ts
        if unmarked := sorted({close for _, close in bars if close > marked}):
            moments = np.array(unmarked)
            self.marked(moments, recorder.worth_along(moments), recorder.ledger.balance)
        reached = recorder.stop_point(ts)
        batch = self._fresh()
        equity, self._equity = self._equity, []
        fresh = self._past.new_bars(self.ts, bars, equity)
        if fresh or any(rows for _, rows in batch):
            held = recorder.ledger.open_positions
            positions = [self._position(*item, ts) for item in zip(held, reached.open, strict=True)]
            batch += [*fresh, ("positions", positions)]
        self._file.write([(table, rows) for table, rows in batch if rows or table == "positions"])
        self.bars, self.ts, self.moved, self._reached = self.bars + len(bars), ts, time.monotonic(), reached

    def keep(self, live: Container[str]) -> None:
        """Before a checkpoint, make the rows of what came since the last bar, and forget orders that are not `live`.

        They are written with the next bar: the file holds whole moments.
        """
        self._pending += [(table, rows) for table, rows in self._new() if rows]
        self._names.forget_ended(live)

    def finished(self) -> None:
        """Write what came after the last bar; of a node that was stopped within one, the next run makes it again."""
        self._file.write(self._fresh())

    def _fresh(self) -> list[Rows]:
        pending, self._pending = self._pending, []
        batch = self._past.new([*pending, *self._new()])
        live, self._live = self._live, []
        return [*batch, ("outbox", [self._outbox.row(*news) for news in _news(batch)]), ("live", live)]

    def _next(self, table: str) -> int:
        self._written[table] += 1
        return self._written[table]

    def _new(self) -> list[Rows]:
        recorder = self._recorder
        signals, self._signals = self._signals, []
        orders, fills = self._told()
        known, self._written["decisions"] = self._written["decisions"], recorder.intents
        decisions = [
            # Orders that came of it later would be in the row or not, as much as one batch holds.
            decision_row(item.number, replace(item, orders=item.orders[: item.prompt]), self._names.of)
            for item in recorder.decisions
            if item.number > known
        ]
        trades = [
            trade_row(*item, recorder.risked[item[0] - 1 - recorder.archived["risked"]])
            for item in self._rest("trades", recorder.ledger.trades)
        ]
        flows, gone = recorder.marked.flows, recorder.archived["flows"]
        transfers = [
            transfer_row(*item, flows[item[0] - 1 - gone].equity)
            for item in self._rest("transfers", recorder.ledger.transfers)
        ]
        return [
            ("signals", signals),
            ("decisions", decisions),
            ("orders", orders),
            ("fills", fills),
            ("trades", trades),
            ("refusals", [refusal_row(*item) for item in self._rest("refusals", recorder.refusals)]),
            ("happenings", [happening_row(*item) for item in self._rest("happenings", recorder.happenings)]),
            ("transfers", transfers),
        ]

    def _told(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        events, self._events = sorted(self._events, key=_place), []
        orders, fills = [], []
        for event in events:
            name = self._names.of(str(event.client_order_id))
            row, fill = event_rows(event, name, self._next("orders"), self._written["fills"] + 1)
            orders.append((*row[:-1], row[-1] and self._names.within(row[-1])))
            if fill is not None:
                self._next("fills")
                fills.append(fill)
        return orders, fills

    def _position(self, held: OpenPosition, trade: Trade, ts: int) -> tuple[Any, ...]:
        stop = self._stop_of(held.strategy, held.instrument)
        return position_row(held, self._recorder.mark(held, ts), stop, trade.pnl)

    def _rest[T](self, table: str, items: Sequence[T]) -> list[tuple[int, T]]:
        # What was archived had been written.
        known, gone = self._written[table], self._recorder.archived[table]
        self._written[table] = gone + len(items)
        return list(enumerate(items[known - gone :], known + 1))


def _place(event: Any) -> tuple[int, str, int]:
    # Orders are numbered as they are made, by each strategy on its own.
    number = str(event.client_order_id).rpartition("-")[2]
    return int(event.ts_event), str(event.strategy_id), int(number) if number.isdigit() else 0


def _news(batch: Sequence[Rows]) -> list[tuple[int, str, str]]:
    news: list[tuple[int, str, str]] = []
    for table, rows in batch:
        if table == "trades":
            news += ((r[7], "trade", f"{r[1]} closed {r[3]} {r[4]} {r[2]}: {r[12]} ({r[13]})") for r in rows)
        elif table == "happenings":
            news += ((row[1], row[2], row[3]) for row in rows)
    return news
