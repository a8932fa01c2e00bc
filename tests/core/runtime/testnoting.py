# file: tests/core/runtime/testnoting.py
from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.core.risk.plain import intent, policy, view
from tests.core.runtime.testrecorder import COIN, at, fill, recorder
from tests.golden.stage import HOUR, MONDAY
from tradingbot.core.errors import RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.messages.intent import Side
from tradingbot.core.messages.observation import Observation
from tradingbot.core.messages.signal import Signal
from tradingbot.core.risk.desk import Desk
from tradingbot.core.runtime.liveshadow import LiveShadow
from tradingbot.core.runtime.noting import Noting
from tradingbot.core.runtime.outbox import Outbox
from tradingbot.core.runtime.past import past_of
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.simulatedvenue import Told
from tradingbot.core.runtime.statefile import StateFile, reading
from tradingbot.core.switches.memorylatch import MemoryLatch

NODE = ("mine", "cryptofutures", "", "sha", "max", 0, 9, 1, 1, "", "USDT", "10000", 0, 1)


class OrderRejected(SimpleNamespace):
    """As the engine's, by its name."""


@contextmanager
def node(path: Path) -> Iterator[tuple[Recorder, Noting]]:
    """Books of an account that has not traded, and what notes them in the file at `path` after what is there."""
    books = recorder("USDT", 8, coin=[100, 101, 102, 103, 104, 105])
    with past_of(path, "sha") as past, closing(StateFile(path)) as file:
        file.write([("node", [NODE])])
        shadow = LiveShadow(policy(), MemoryLatch(Lane.CRYPTOFUTURES, lambda: 0), lambda: False, lambda: False)
        noting = Noting(books, file, past, Outbox(past.last["outbox"]), shadow, lambda _name, _coin: Decimal(95))
        books.judged = noting.judged
        yield books, noting


def bar(books: Recorder, noting: Noting, hour: int) -> None:
    at(books, hour)
    noting.note(COIN, MONDAY + hour * HOUR)


def traded(books: Recorder, noting: Noting, exit_price: str = "103.0", balance: str = "10003.8") -> None:
    """Want in, fill, hold over a bar and leave."""
    books.decided(intent(), view(), Desk(policy()).ask(intent(), view()))
    fill(books, COIN, "2", "101.0", "0.1 USDT", "9999.9")
    bar(books, noting, 1)
    bar(books, noting, 2)
    fill(books, COIN, "-2", exit_price, "0.1 USDT", balance, "target")
    books.happened("kill", "killed by ann: drill", MONDAY)
    books.transferred(Decimal(-50), MONDAY)
    bar(books, noting, 3)


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with reading(path) as database:
        return [tuple(row) for row in database.execute(query)]


def counts(path: Path) -> dict[str, int]:
    tables = ("decisions", "live", "trades", "happenings", "transfers", "outbox", "bars", "equity", "positions")
    return {table: rows(path, f"SELECT count(*) FROM {table}")[0][0] for table in tables}


WHOLE = {
    "decisions": 1, "live": 1, "trades": 1, "happenings": 2, "transfers": 1, "outbox": 3, "bars": 3, "equity": 3,
    "positions": 0,
}  # fmt: skip


def test_a_bar_is_noted_with_all_that_came_before_it_and_each_thing_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    with node(path) as (books, noting):
        traded(books, noting)
        assert (noting.bars, noting.ts, noting.catching_up) == (3, MONDAY + 3 * HOUR, False)
    assert counts(path) == WHOLE
    assert rows(path, "SELECT kind, sentence FROM outbox ORDER BY number") == [
        ("trade", f"S-1 closed LONG 2.000 {COIN}: 3.80000000 (target)"), ("kill", "killed by ann: drill"),
        ("withdrawal", "withdrawal of 50 USDT"),
    ]  # fmt: skip


def test_what_is_held_is_valued_at_the_bar_with_its_stop(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    with node(path) as (books, noting):
        fill(books, COIN, "2", "101.0", "0.1 USDT", "9999.9")
        bar(books, noting, 2)
    (held,) = rows(path, "SELECT quantity, entry_price, price, stop, pnl FROM positions")
    ((equity, balance),) = rows(path, "SELECT equity, balance FROM equity")
    assert held[3] == "95"
    assert Decimal(held[4]) == 2 * (Decimal(held[2]) - 101) - Decimal("0.1")
    assert (Decimal(equity) - Decimal(balance), balance) == (2 * (Decimal(held[2]) - 101), "9999.9")


@pytest.mark.parametrize("known", [1, 2, 3])
def test_begun_again_it_notes_only_what_is_not_on_record(tmp_path: Path, known: int) -> None:
    path = tmp_path / "mine.db"
    with node(path) as (books, noting):
        books.decided(intent(), view(), Desk(policy()).ask(intent(), view()))
        fill(books, COIN, "2", "101.0", "0.1 USDT", "9999.9")
        for hour in range(1, known + 1):
            if hour == 3:
                fill(books, COIN, "-2", "103.0", "0.1 USDT", "10003.8", "target")
                books.happened("kill", "killed by ann: drill", MONDAY)
                books.transferred(Decimal(-50), MONDAY)
            bar(books, noting, hour)
    first = rows(path, "SELECT * FROM live")
    with node(path) as (books, noting):
        began = noting.catching_up
        traded(books, noting)
        assert (began, noting.catching_up) == (True, False)
    assert counts(path) == WHOLE
    assert rows(path, "SELECT * FROM live") == first


def test_begun_again_it_ends_where_a_trade_comes_out_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    with node(path) as (books, noting):
        traded(books, noting)
    before = rows(path, "SELECT * FROM trades")
    with node(path) as (books, noting), pytest.raises(RunFailed, match="in trades it recorded"):
        traded(books, noting, "104.0", "10005.8")
    assert rows(path, "SELECT * FROM trades") == before


@pytest.mark.parametrize("day", ["20261126", "20301231"])
def test_a_rejection_that_names_an_order_is_the_same_on_any_day(tmp_path: Path, day: str) -> None:
    path, order = tmp_path / "mine.db", f"O-{day}-125702-001-001-14"
    rejected = OrderRejected(
        client_order_id=order, ts_event=5, strategy_id="S-1", instrument_id=COIN, reason=f"order {order} came late"
    )
    with node(path) as (books, noting):
        noting.heard([Told(rejected, None, 5), Told(None, None, 5)])
        bar(books, noting, 1)
    assert rows(path, 'SELECT "order", reason FROM orders') == [("O1", "order O1 came late")]


def test_an_abstention_is_no_opinion_and_what_came_after_the_last_bar_is_noted_at_the_end(tmp_path: Path) -> None:
    path, seen = tmp_path / "mine.db", Observation(COIN, 5, (0.5,), 0.25)
    with node(path) as (books, noting):
        bar(books, noting, 1)
        for direction in (None, Side.LONG):
            noting.opined(seen, Signal(COIN, 5, direction, 0.25, None, 0.1, 0.1, 6, "sha"))
        noting.opined(seen, None)
        noting.finished()
    assert rows(path, "SELECT number, direction, probability FROM signals") == [(1, "LONG", 0.25), (2, None, 0.25)]
