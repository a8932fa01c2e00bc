# file: tests/core/runtime/parity/testrecords.py
from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.messages.approval import Approved, Cut
from tradingbot.core.messages.intent import Intent, Side, Strength
from tradingbot.core.messages.laneview import ParityTile
from tradingbot.core.runtime.decisions import Decision, decision_row
from tradingbot.core.runtime.parity.comparison import OrderStep, ParityAction
from tradingbot.core.runtime.parity.records import (
    EVER,
    OrderEventCollector,
    SeenBars,
    Span,
    backtest_actions,
    node_actions,
    read_latest,
    span_of,
    write_latest,
)
from tradingbot.core.runtime.statefile import create_statement
from tradingbot.core.time import DAY, SECOND, from_iso


def closes(*times: str, seams: Mapping[int, int] | None = None) -> SeenBars:
    """Return what a state file says of a node that has seen these bars."""
    stamps = [from_iso(f"{time}:00Z") for time in times]
    with closing(sqlite3.connect(":memory:")) as database:
        for table in ("bars", "node", "checkpoints"):
            database.execute(create_statement(table))
        database.executemany("INSERT INTO bars VALUES ('BTC', ?)", [(stamp,) for stamp in stamps])
        database.execute("INSERT INTO node (name, bar_ns) VALUES ('n', ?)", (300 * SECOND,))
        kept = [(ts, close) for close, ts in (seams or {}).items()]
        database.executemany("INSERT INTO checkpoints (ts, close) VALUES (?, ?)", kept)
        seen = SeenBars.of(database)
    assert seen is not None
    return seen


TIMES = ("2025-01-06T00:05", "2025-01-06T12:00", "2025-01-07T00:00", "2025-01-08T09:00")
RUN = closes(*TIMES)
FIRST, NEXT, THIRD, FOURTH = (from_iso(f"2025-01-0{day}T00:00:00Z") for day in (6, 7, 8, 9))


def test_without_a_day_it_is_all_that_is_surely_whole() -> None:
    assert span_of("", RUN, finished=False) == Span("", 0, RUN.last)
    assert span_of("", RUN, finished=True) == Span("", 0, EVER)


def test_a_day_holds_its_midnight_and_not_the_next() -> None:
    span = span_of("2025-01-06", RUN, finished=False)
    assert span == Span("2025-01-06", from_iso("2025-01-06T00:00:00Z"), from_iso("2025-01-07T00:00:00Z"))
    assert [span.holds(span.since + moment) for moment in (-1, 0, DAY - 1, DAY)] == [False, True, True, False]


def test_a_day_that_is_not_over_ends_where_the_node_is() -> None:
    assert span_of("2025-01-08", RUN, finished=False).until == RUN.last
    assert span_of("2025-01-08", RUN, finished=True).until == from_iso("2025-01-09T00:00:00Z")


@pytest.mark.parametrize(
    ("times", "day"),
    [
        (("2025-01-06T00:05", "2025-01-07T00:00"), "2025-01-06"),
        (("2025-01-06T00:05", "2025-01-07T00:00", "2025-01-07T23:55"), "2025-01-06"),
        (("2025-01-06T00:05", "2025-01-07T00:00", "2025-01-08T00:00"), "2025-01-07"),
        (("2025-01-10T21:00", "2025-01-12T22:05"), "2025-01-10"),
        (("2025-01-10T21:00", "2025-01-12T22:05", "2025-01-13T08:00"), "2025-01-12"),
    ],
)
def test_the_last_is_the_last_day_with_bars_that_is_over(times: tuple[str, ...], day: str) -> None:
    for finished in (False, True):
        assert span_of("last", closes(*times), finished).day == day


def test_of_a_first_day_that_is_not_over_there_is_no_last() -> None:
    with pytest.raises(RunFailed, match="no whole day of the market is on record yet: 2025-01-06 is the first"):
        span_of("last", closes("2025-01-06T00:05", "2025-01-06T23:55"), finished=True)


@pytest.mark.parametrize("asked", ["2025-1-6", "20250106", "2025-W02-1", "today", "2025-02-30", "0000-01-01"])
def test_what_is_no_day_is_refused(asked: str) -> None:
    with pytest.raises(BadInput, match=f"--day was '{asked}', allowed is a day such as 2026-03-01, or last"):
        span_of(asked, RUN, finished=True)


@pytest.mark.parametrize("asked", ["2025-01-05", "2025-01-09", "0001-01-01", "9999-12-31"])
def test_a_day_the_node_has_not_seen_is_refused(asked: str) -> None:
    with pytest.raises(BadInput, match=f"--day was {asked}, allowed is a day that .* seen: 2025-01-06 to 2025-01-08"):
        span_of(asked, RUN, finished=True)


def test_what_happens_at_a_midnight_is_of_the_day_that_begins() -> None:
    until_then = closes(*TIMES[:3])
    assert span_of("2025-01-07", until_then, finished=True).since == NEXT
    with pytest.raises(BadInput, match="2025-01-06 to 2025-01-06"):
        span_of("2025-01-07", until_then, finished=False)


def test_with_checkpoints_a_day_goes_from_seam_to_seam() -> None:
    seams = {NEXT: NEXT + 100, THIRD: THIRD + 100}
    seen = closes(*TIMES, seams=seams)
    days = [span_of(f"2025-01-0{day}", seen, finished=True) for day in (6, 7, 8)]
    assert [(day.since, day.until) for day in days] == [
        (FIRST, NEXT + 101), (NEXT + 101, THIRD + 101), (THIRD + 101, FOURTH)
    ]  # fmt: skip
    assert [day.evening for day in days] == [NEXT, THIRD, 0]
    # What happened up to a checkpoint is on record with it.
    at_midnight = closes(*TIMES[:3], seams={NEXT: NEXT + 100})
    assert span_of("last", at_midnight, finished=False).until == NEXT + 101


@pytest.mark.parametrize(("close", "ts"), [(NEXT + 300 * SECOND, NEXT + 301 * SECOND), (NEXT, 0), (NEXT, EVER)])
def test_what_is_no_seam_of_a_midnight_moves_no_day(close: int, ts: int) -> None:
    assert closes(*TIMES, seams={close: ts}).seams == {}


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
            database.execute(create_statement(table))
        yield database


def order(database: sqlite3.Connection, number: int, ts: int, event: str, *rest: str | None) -> None:
    row = (number, ts, "O2", "Trend-000", "BTC", event, *rest)
    database.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def heard(*events: Event) -> list[ParityAction]:
    hearing = OrderEventCollector(SPAN)
    for event in events:
        hearing(event)
    return backtest_actions([], hearing, SPAN)


def test_both_say_the_same_of_an_order_whatever_it_is_called(database: sqlite3.Connection) -> None:
    order(database, 1, 120, "OrderUpdated", "0.5", "39000", None)
    order(database, 2, 150, "OrderRejected", None, None, "no parent O1 of O2")
    told = heard(
        OrderInitialized(ts_event=110),
        OrderUpdated(ts_event=120, quantity=Decimal("0.5"), trigger_price=Decimal(39_000)),
        OrderRejected(reason="no parent O-20261126-131544-001-000-1 of O-20261126-131544-001-000-2"),
    )
    turns = (
        OrderStep("OrderUpdated", 120, Decimal("0.5"), Decimal(39_000)),
        OrderStep("OrderRejected", 150, reason="no parent an order of an order"),
    )
    assert told == [ParityAction("order", 120, "Trend-000", "BTC", "", Decimal(0), turns=turns)]
    assert node_actions(database, SPAN) == told


def test_what_is_without_the_span_is_left_out(database: sqlite3.Connection) -> None:
    for number, ts in enumerate((99, 100, 199, 200)):
        order(database, number, ts, "OrderUpdated", f"{ts}", None, None)
    times = [turn.ts for did in node_actions(database, SPAN) for turn in did.turns]
    assert times == [100, 199]
    events = [OrderUpdated(ts_event=ts, quantity=Decimal(ts), trigger_price=None) for ts in (99, 100, 199, 200)]
    assert heard(*events) == node_actions(database, SPAN)


def test_an_update_to_what_an_order_is_already_is_none(database: sqlite3.Connection) -> None:
    for number, quantity in enumerate(("1", "2", "2", "2", "1")):
        order(database, number, 110 + number, "OrderUpdated", quantity, "9", None)
    (did,) = node_actions(database, SPAN)
    assert [(turn.ts, str(turn.quantity)) for turn in did.turns] == [(110, "1"), (111, "2"), (114, "1")]


def test_amounts_are_compared_as_numbers(database: sqlite3.Connection) -> None:
    order(database, 1, 150, "OrderUpdated", "0.50", "39000.0", None)
    (did,) = heard(OrderUpdated(quantity=Decimal("0.5"), trigger_price=Decimal(39_000)))
    assert node_actions(database, SPAN) == [did]


def test_a_cut_is_told_apart_from_an_approval_and_from_a_cut_by_another_cap(database: sqlite3.Connection) -> None:
    wish = Intent("Trend-000", "BTC", Side.LONG, Decimal(100), Decimal(98), None, Strength.NORMAL, 150)
    yes = Approved("A1", "Trend-000", (("BTC", Side.LONG),), Decimal(2), Decimal(98), None, 2**62)
    cuts = [Cut("Trend-000", "BTC", 150, rule, "3", "2", Decimal(3), Decimal(2), "less") for rule in ("one", "other")]
    answers = [yes, *(replace(yes, cut=cut) for cut in cuts)]
    decisions = [Decision(wish, None, answer) for answer in answers]
    for number, decision in enumerate(decisions, 1):
        row = decision_row(number, decision)
        database.execute(f"INSERT INTO decisions VALUES ({','.join('?' * len(row))})", row)
    told = backtest_actions(decisions, OrderEventCollector(SPAN), SPAN)
    assert [did.verdict for did in told] == ["approved", "cut by one", "cut by other"]
    assert node_actions(database, SPAN) == told


TILE = ParityTile(1_750_000_000_000_000_001, "2025-01-06", 3, 9, 5, 2, ("one", "zwei — два"), "", 12)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = write_latest(tmp_path / "parity", "trend", TILE)
    assert path == tmp_path / "parity" / "trend.json"
    assert read_latest(tmp_path / "parity", "trend") == TILE


def test_a_later_result_replaces_the_last_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_latest(tmp_path, "trend", TILE)
    write_latest(tmp_path, "other", TILE)
    later = replace(TILE, differences=(), different=0, trouble="no data")
    write_latest(tmp_path, "trend", later)
    assert (read_latest(tmp_path, "trend"), read_latest(tmp_path, "other")) == (later, TILE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.json", "trend.json"]


def test_what_cannot_be_written_leaves_the_last_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_latest(tmp_path, "trend", TILE)

    def full(_path: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RunFailed, match=r"trend\.json could not be written: No space left"):
        write_latest(tmp_path, "trend", replace(TILE, different=9))
    assert read_latest(tmp_path, "trend") == TILE
    assert [path.name for path in tmp_path.iterdir()] == ["trend.json"]


def test_before_the_first_there_is_none(tmp_path: Path) -> None:
    assert read_latest(tmp_path / "nowhere", "trend") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"at": 1}', "\xff", "[" * 100_000, '{"differences": 1}']
)
def test_a_damaged_one_is_told_as_trouble(tmp_path: Path, text: str) -> None:
    (tmp_path / "trend.json").write_text(text, encoding="latin-1")
    found = read_latest(tmp_path, "trend")
    assert found is not None
    assert found.trouble.startswith(f"{tmp_path / 'trend.json'} cannot be read: ")
    assert (found.at, found.different) == (0, 0)


def test_a_note_of_before_states_were_compared_is_read(tmp_path: Path) -> None:
    text = write_latest(tmp_path, "trend", TILE).read_text(encoding="utf-8")
    (tmp_path / "trend.json").write_text(text.replace(', "parts": 12', ""), encoding="utf-8")
    assert read_latest(tmp_path, "trend") == replace(TILE, parts=0)


def test_a_field_too_many_or_too_few_is_damage(tmp_path: Path) -> None:
    text = write_latest(tmp_path, "trend", TILE).read_text(encoding="utf-8")
    for changed in (text.replace('"day"', '"date"'), text.replace('{"at"', '{"more": 1, "at"')):
        (tmp_path / "trend.json").write_text(changed, encoding="utf-8")
        found = read_latest(tmp_path, "trend")
        assert found is not None
        assert found.trouble.endswith("it holds something else")
