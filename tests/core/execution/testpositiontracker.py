# file: tests/core/execution/testpositiontracker.py
from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.execution.positiontracker import PositionTracker
from tradingbot.core.messages.approval import Approved
from tradingbot.core.messages.intent import Side

_BTC = "BTC.X"
_YES = Approved("A1", "Trend-000", ((_BTC, Side.LONG),), Decimal(10), Decimal(95), Decimal(120), 1_000)


def _order(name: str, trigger: int = 0, quantity: int = 10) -> Any:
    number = SimpleNamespace(as_decimal=lambda: Decimal(trigger))
    size = SimpleNamespace(as_decimal=lambda: Decimal(quantity))
    return SimpleNamespace(client_order_id=name, trigger_price=number, quantity=size)


@pytest.fixture
def book() -> PositionTracker:
    """A book with an entry of 10 on its way, a stop at 95 and a target."""
    found = PositionTracker()
    found.entering(_BTC, _YES, [_order("E"), _order("S", 95), _order("T")], 2)
    return found


def test_an_instrument_is_busy_from_the_order_to_the_end_of_the_exit(book: PositionTracker) -> None:
    assert book.busy(_BTC)
    assert not book.busy("ETH.X")
    book.fill(_BTC, "E", Decimal(10))
    del book.entries[_BTC]
    assert book.busy(_BTC)
    book.exiting(_BTC, _order("X"), "signal")
    assert book.leaving(_BTC)
    assert book.fill(_BTC, "X", Decimal(-10)) == 0
    book.flat(_BTC)
    assert not book.busy(_BTC)
    assert not book.leaving(_BTC)
    assert book.guards(_BTC) == []


def test_each_order_has_a_role_and_a_stranger_none(book: PositionTracker) -> None:
    book.exiting(_BTC, _order("X"), "session")
    assert [book.role(order) for order in ("E", "S", "T", "X", "?")] == ["entry", "stop", "target", "session", None]


def test_an_entry_without_a_target_has_one_guard() -> None:
    book = PositionTracker()
    book.entering(_BTC, _YES, [_order("E"), _order("S", 95)], 0)
    assert book.guards(_BTC) == ["S"]


def test_the_rest_of_an_entry_goes_on_with_the_same_books(book: PositionTracker) -> None:
    book.fill(_BTC, "E", Decimal(4))
    book.entries[_BTC].working = False
    book.sending(_BTC, _YES, Side.LONG, _order("E2"), Decimal(6), 1)
    book.fill(_BTC, "E2", Decimal(6))
    entry = book.entries[_BTC]
    assert (entry.attempts, entry.order, entry.working) == (1, "E2", True)
    assert entry.wanted == entry.filled == 10
    assert book.held() == {_BTC: 10}


def test_a_leg_begins_an_entry_of_its_own() -> None:
    book = PositionTracker()
    book.sending("PUT.X", _YES, Side.SHORT, _order("L"), Decimal(3), 0)
    entry = book.entries["PUT.X"]
    assert (entry.side, entry.order) == (Side.SHORT, "L")
    assert (float(entry.wanted), float(entry.filled)) == (3, 0)


def test_fills_of_other_orders_do_not_fill_the_entry(book: PositionTracker) -> None:
    book.fill(_BTC, "S", Decimal(-4))
    assert book.entries[_BTC].filled == 0
    assert book.taken("S") == 4
    assert book.taken("E") == 0


def test_a_stop_asked_for_counts_until_the_venue_refuses_it(book: PositionTracker) -> None:
    book.fill(_BTC, "E", Decimal(10))
    book.tightened(_BTC, Decimal(97))
    assert book.stops[_BTC].trigger == 97
    book.stop_kept(_BTC)
    assert book.stops[_BTC].trigger == 95


def test_a_refusal_goes_back_to_what_the_venue_holds_and_not_further(book: PositionTracker) -> None:
    book.fill(_BTC, "E", Decimal(10))
    book.tightened(_BTC, Decimal(96))
    book.stop_moved(_BTC, Decimal(96))
    book.tightened(_BTC, Decimal(99))
    book.stop_kept(_BTC)
    assert book.stops[_BTC].trigger == 96


def test_of_two_changes_on_their_way_the_second_may_be_the_one_that_holds(book: PositionTracker) -> None:
    book.fill(_BTC, "E", Decimal(10))
    book.tightened(_BTC, Decimal(96))
    book.tightened(_BTC, Decimal(97))
    book.stop_kept(_BTC)
    book.stop_moved(_BTC, Decimal(97))
    assert book.stops[_BTC].trigger == 97


def test_news_of_a_stop_that_is_gone_changes_nothing() -> None:
    book = PositionTracker()
    book.stop_kept(_BTC)
    book.stop_moved(_BTC, Decimal(97))
    assert book.stops == {}


def test_what_cannot_be_sent_now_waits_for_the_next_bar(book: PositionTracker) -> None:
    book.leave_later(_BTC, "legging")
    assert book.leaving(_BTC)
    assert not book.exits[_BTC].working
    assert book.waiting == {_BTC}
    book.flat(_BTC)
    assert book.waiting == set()


@given(st.sampled_from([1, -1]), st.lists(st.tuples(st.booleans(), st.integers(80, 120)), max_size=20))
def test_what_the_book_says_of_a_stop_is_never_looser_than_what_the_venue_holds(
    sign: int, steps: list[tuple[bool, int]]
) -> None:
    """A strategy tightens from what the book says: were that looser, it could widen the stop."""
    book = PositionTracker()
    book.entering(_BTC, _YES, [_order("E"), _order("S", 95)], 0)
    book.fill(_BTC, "E", Decimal(10 * sign))
    venue = Decimal(95)
    for taken, wish in steps:
        trigger = Decimal(wish)
        if (trigger - book.stops[_BTC].trigger) * sign <= 0:
            continue
        book.tightened(_BTC, trigger)
        if taken:
            venue = trigger
            book.stop_moved(_BTC, venue)
        else:
            book.stop_kept(_BTC)
        assert (book.stops[_BTC].trigger - venue) * sign >= 0
