# file: core/runtime/parity/records.py
"""Parity records: intents, orders and fills of a span, from a state file and from a backtest, in the same form."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.messages.laneview import ParityTile
from tradingbot.core.runtime.decisions import Decision, decision_row
from tradingbot.core.runtime.parity.comparison import OrderStep, ParityAction
from tradingbot.core.runtime.statewriter import LOCAL_EVENTS, event_rows
from tradingbot.core.storage.atomicfile import write_atomic
from tradingbot.core.time import DAY, day_of, from_iso

LAST = "last"
EVER = 2**63 - 1
_EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Span:
    """The moments `since` <= ts < `until` (UTC ns); `day` is the UTC date they are of, empty for all of the run.

    `evening` is the midnight at which it ends, where the node kept a checkpoint then, else 0.
    """

    day: str
    since: int
    until: int
    evening: int = 0

    def holds(self, ts: int) -> bool:
        """Whether a moment is within."""
        return self.since <= ts < self.until


@dataclass(frozen=True, slots=True)
class SeenBars:
    """When the bars closed that a node has seen (UTC ns): the first, the last, and the last of a day that is over.

    `whole` is 0 where no day is over yet. `seams` are the moments of the checkpoints kept of midnights, by midnight: at
    its seam a day ends, and the next begins.
    """

    first: int
    last: int
    whole: int
    seams: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, database: sqlite3.Connection) -> SeenBars | None:
        """Return those of a state file, None before there are any."""
        first, last = database.execute("SELECT min(ts), max(ts) FROM bars").fetchone()
        if last is None:
            return None
        (whole,) = database.execute("SELECT max(ts) FROM bars WHERE ts <= ?", (last // DAY * DAY,)).fetchone()
        # A seam lies within the bar after its midnight.
        midnights = (
            "SELECT close, ts FROM checkpoints, node WHERE close % ? = 0 AND ts BETWEEN close AND close + bar_ns"
        )
        seams = database.execute(midnights, (DAY,)).fetchall()
        return cls(first, last, whole or 0, {close: ts for close, ts in seams})


def span_of(wanted: str, seen: SeenBars, finished: bool) -> Span:
    """Return the span of a day (`YYYY-MM-DD`), of the `last` whole day with bars or, where none is, of all.

    What happens at the last bar's close is on record only once the node has `finished`, or kept a checkpoint after it:
    bars of other instruments may close at it too.

    Raises BadInput when `wanted` is no day, or none of the node's; RunFailed when it has not seen a whole day yet.
    """
    known = EVER if finished else seen.last
    if not wanted:
        return Span("", 0, known)
    first, last = (seen.first - 1) // DAY, (seen.last - (not finished)) // DAY
    day = _last(seen) if wanted == LAST else _number(wanted, first, last)
    morning, evening = day * DAY, (day + 1) * DAY
    since = seen.seams.get(morning, morning - 1) + 1
    if evening in seen.seams:
        return Span(_text(day), since, seen.seams[evening] + 1, evening)
    return Span(_text(day), since, min(evening, known))


def _last(seen: SeenBars) -> int:
    if not seen.whole:
        day = day_of(seen.last - 1)
        raise RunFailed(f"no whole day of the market is on record yet: {day} is the first, and not over")
    return (seen.whole - 1) // DAY


def _number(wanted: str, first: int, last: int) -> int:
    try:
        day = dt.date.fromisoformat(wanted)
    except ValueError:
        day = None
    if day is None or day.isoformat() != wanted:
        raise BadInput(f"--day was {wanted!r}, allowed is a day such as 2026-03-01, or {LAST}")
    number = day.toordinal() - _EPOCH
    if not first <= number <= last:
        raise BadInput(f"--day was {wanted}, allowed is a day that the node has seen: {_text(first)} to {_text(last)}")
    return number


def _text(day: int) -> str:
    return dt.date.fromordinal(day + _EPOCH).isoformat()


_DECISION = "time, strategy, instrument, side, price, stop, target, verdict, rule, quantity, orders"
_EVENT = 'ts, "order", strategy, instrument, event, quantity, price, reason'
_FILL = "ts, strategy, instrument, quantity, price"
_ELSEWHERE = LOCAL_EVENTS | {"OrderDenied", "OrderFilled"}
"""What a node does not record of an order, since no venue told it, and fills, which are compared by themselves."""
_ORDER_ID = re.compile(r"\bO(L?-\d{8}-\d{6}-[\w-]+|\d+\b)")


class OrderEventCollector:
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


def node_actions(database: sqlite3.Connection, span: Span) -> list[ParityAction]:
    """Return what the node did within a span."""
    entries = {names.split()[0] for (names,) in database.execute("SELECT orders FROM decisions") if names}
    bounds = (span.since, span.until)
    within = "ts >= ? AND ts < ? ORDER BY number"
    return [
        *_intents((tuple(row) for row in database.execute(f"SELECT {_DECISION} FROM decisions")), span),  # noqa: S608 - names of our own
        *_orders(database.execute(f"SELECT {_EVENT} FROM orders WHERE {within}", bounds), entries),  # noqa: S608 - names of our own
        *_fills(database.execute(f"SELECT {_FILL} FROM fills WHERE {within}", bounds)),  # noqa: S608 - names of our own
    ]


def backtest_actions(decisions: Iterable[Decision], collector: OrderEventCollector, span: Span) -> list[ParityAction]:
    """Return what the backtest did within a span."""
    kept = list(decisions)
    entries = {decision.orders[0] for decision in kept if decision.orders}
    # number, time, strategy, instrument, side, strength, price, stop, target, verdict, rule, was, limit, sentence,
    # quantity, wanted, orders, view
    rows = (decision_row(0, decision) for decision in kept if span.holds(decision.intent.ts))
    intents = ((*row[1:5], *row[6:11], row[14], row[16]) for row in rows)
    return [*_intents(intents, span), *_orders(collector.events, entries), *_fills(collector.fills)]


def _intents(rows: Iterable[Sequence[Any]], span: Span) -> Iterator[ParityAction]:
    for time, strategy, instrument, side, price, stop, target, verdict, rule, quantity, _orders in rows:
        ts = from_iso(time)
        if span.holds(ts):
            prices = (_decimal(price), _decimal(stop), _decimal(target))
            answer = f"cut by {rule}" if rule and verdict == "approved" else rule or verdict
            yield ParityAction("intent", ts, strategy, instrument, side or "", Decimal(quantity or 0), prices, answer)


def _orders(rows: Iterable[Sequence[Any]], entries: Container[str]) -> Iterator[ParityAction]:
    lives: dict[tuple[str, str, str], list[OrderStep]] = {}
    for ts, order, strategy, instrument, event, quantity, price, reason in rows:
        if event not in _ELSEWHERE:
            turn = OrderStep(event, ts, _decimal(quantity), _decimal(price), _ORDER_ID.sub("an order", reason or ""))
            turns = lives.setdefault((order, strategy, instrument), [])
            # In a thin market the engine updates a stop to what it is already, the node's venue does not.
            if not turns or event != "OrderUpdated" or replace(turn, ts=turns[-1].ts) != turns[-1]:
                turns.append(turn)
    for (order, strategy, instrument), turns in lives.items():
        side = "entry" if order in entries else ""
        yield ParityAction("order", turns[0].ts, strategy, instrument, side, Decimal(0), turns=tuple(turns))


def _fills(rows: Iterable[Sequence[Any]]) -> Iterator[ParityAction]:
    for ts, strategy, instrument, quantity, price in rows:
        signed = Decimal(quantity)
        side = "BUY" if signed > 0 else "SELL"
        yield ParityAction("fill", ts, strategy, instrument, side, abs(signed), (_decimal(price),))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


_FIELDS = {each.name for each in fields(ParityTile)}


def write_latest(folder: Path, node: str, tile: ParityTile) -> Path:
    """Keep the result in `folder`, whole or not at all, in place of the last one; return the file."""
    return write_atomic(folder / f"{node}.json", json.dumps(asdict(tile)) + "\n")


def read_latest(folder: Path, node: str) -> ParityTile | None:
    """Return the last result, None before there is one; one that cannot be read is told as its trouble."""
    path = folder / f"{node}.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        # A note of before there were checkpoints says nothing of `parts`.
        if not isinstance(kept, dict) or kept.keys() | {"parts"} != _FIELDS:
            raise ValueError("it holds something else")
        return ParityTile(**kept | {"differences": tuple(map(str, kept["differences"]))})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        return ParityTile(0, "", 0, 0, 0, 0, (), f"{path} cannot be read: {error}")
