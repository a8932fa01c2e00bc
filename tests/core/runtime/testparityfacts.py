# file: tests/core/runtime/testparityfacts.py
from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tradingbot.core.messages.answers import Approved, Cut
from tradingbot.core.messages.intent import Intent, Side, Strength
from tradingbot.core.runtime.decision import Decision
from tradingbot.core.runtime.journal import decision_row
from tradingbot.core.runtime.paritydid import Did, Turn
from tradingbot.core.runtime.parityfacts import Hearing, recorded, replayed
from tradingbot.core.runtime.parityspan import Span
from tradingbot.core.runtime.statefile import statement

SPAN = Span("", 100, 200)


class Event:
    """What an engine tells of an order."""

    def __init__(self, **fields: Any) -> None:
        self.client_order_id = "O-20261126-131544-001-000-2"
        self.strategy_id, self.instrument_id, self.ts_event = "Trend-000", "BTC", 150
        vars(self).update(fields)


class OrderRejected(Event):
    """It was refused."""


class OrderUpdated(Event):
    """It was changed."""


class OrderInitialized(Event):
    """It was made; no venue told."""


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as database:
        for table in ("decisions", "orders", "fills"):
            database.execute(statement(table))
        yield database


def order(database: sqlite3.Connection, number: int, ts: int, event: str, *rest: str | None) -> None:
    row = (number, ts, "O2", "Trend-000", "BTC", event, *rest)
    database.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def heard(*events: Event) -> list[Did]:
    hearing = Hearing(SPAN)
    for event in events:
        hearing(event)
    return replayed([], hearing, SPAN)


def test_both_say_the_same_of_an_order_whatever_it_is_called(database: sqlite3.Connection) -> None:
    order(database, 1, 120, "OrderUpdated", "0.5", "39000", None)
    order(database, 2, 150, "OrderRejected", None, None, "no parent O1 of O2")
    told = heard(
        OrderInitialized(ts_event=110),
        OrderUpdated(ts_event=120, quantity=Decimal("0.5"), trigger_price=Decimal(39_000)),
        OrderRejected(reason="no parent O-20261126-131544-001-000-1 of O-20261126-131544-001-000-2"),
    )
    turns = (
        Turn("OrderUpdated", 120, Decimal("0.5"), Decimal(39_000)),
        Turn("OrderRejected", 150, reason="no parent an order of an order"),
    )
    assert told == [Did("order", 120, "Trend-000", "BTC", "", Decimal(0), turns=turns)]
    assert recorded(database, SPAN) == told


def test_what_is_without_the_span_is_left_out(database: sqlite3.Connection) -> None:
    for number, ts in enumerate((99, 100, 199, 200)):
        order(database, number, ts, "OrderUpdated", "1", None, None)
    times = [turn.ts for did in recorded(database, SPAN) for turn in did.turns]
    assert times == [100, 199]
    events = [OrderUpdated(ts_event=ts, quantity=Decimal(1), trigger_price=None) for ts in (99, 100, 199, 200)]
    assert heard(*events) == recorded(database, SPAN)


def test_amounts_are_compared_as_numbers(database: sqlite3.Connection) -> None:
    order(database, 1, 150, "OrderUpdated", "0.50", "39000.0", None)
    (did,) = heard(OrderUpdated(quantity=Decimal("0.5"), trigger_price=Decimal(39_000)))
    assert recorded(database, SPAN) == [did]


def test_a_cut_is_told_apart_from_an_approval_and_from_a_cut_by_another_cap(database: sqlite3.Connection) -> None:
    wish = Intent("Trend-000", "BTC", Side.LONG, Decimal(100), Decimal(98), None, Strength.NORMAL, 150)
    yes = Approved("A1", "Trend-000", (("BTC", Side.LONG),), Decimal(2), Decimal(98), None, 2**62)
    cuts = [Cut("Trend-000", "BTC", 150, rule, "3", "2", Decimal(3), Decimal(2), "less") for rule in ("one", "other")]
    answers = [yes, *(replace(yes, cut=cut) for cut in cuts)]
    decisions = [Decision(wish, None, answer) for answer in answers]
    for number, decision in enumerate(decisions, 1):
        row = decision_row(number, decision)
        database.execute(f"INSERT INTO decisions VALUES ({','.join('?' * len(row))})", row)
    told = replayed(decisions, Hearing(SPAN), SPAN)
    assert [did.verdict for did in told] == ["approved", "cut by one", "cut by other"]
    assert recorded(database, SPAN) == told
