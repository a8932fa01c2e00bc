# file: core/runtime/statewriter.py
"""State writer: carry what is new in a node's ledger and decisions to its state file, a bar at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from tradingbot.core.execution.record import LaneEvent
from tradingbot.core.messages.approval import Refused
from tradingbot.core.messages.signal import Observation, Signal
from tradingbot.core.portfolio.ledger import OpenPosition
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.risk.rounding import decimal_of
from tradingbot.core.runtime.backtesthost import StopPoint
from tradingbot.core.runtime.decisions import decision_row
from tradingbot.core.runtime.liveshadow import LiveShadow
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.replay.simulatedvenue import VenueEvent
from tradingbot.core.runtime.replay.verifier import OrderNames, ReplayVerifier
from tradingbot.core.runtime.statefile import Outbox, Rows, StateFile


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


class StateWriter:
    """Remember how far each list of the books has been written, and write the rest.

    `heard` takes what the venue told, `opined` what a model said; `note` writes all that came since the last bar in one
    batch: the file holds whole bars. What the node did before it began again is held against `past` instead.
    `stop_of` gives the stop that guards a strategy's position in an instrument.
    """

    def __init__(
        self,
        recorder: Recorder,
        file: StateFile,
        past: ReplayVerifier,
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
        self._reached: StopPoint | None = None
        self.moved = time.monotonic()

    @property
    def catching_up(self) -> bool:
        """Whether the node still repeats what is on record."""
        return self.bars < self._past.bars

    def reached(self, start: int) -> StopPoint:
        """Return where the last bar left the books; at `start`, UTC ns, when none has closed yet."""
        return self._reached or StopPoint(start, self._recorder.ledger.start)

    def heard(self, told: Sequence[VenueEvent]) -> None:
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

        Raises RunFailed when the file cannot be written, or the past came out otherwise than it is on record.
        """
        recorder = self._recorder
        balance, held = recorder.ledger.balance, recorder.ledger.open_positions
        reached = StopPoint(ts, recorder.equity(ts), [recorder.open_trade(position, ts) for position in held])
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
