# file: tests/core/runtime/teststatewriter.py
from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from nautilus_trader.model import Money, OrderSide, Price, Quantity

from adapters.sandbox import VenueEvent
from tests.core.risk.riskfixture import intent, policy, view
from tests.core.runtime.testrecorder import COIN, at, fill, recorder
from tests.golden.catalogfixture import HOUR, MONDAY
from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.record import LaneEvent
from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Lane
from tradingbot.core.messages.approval import Refused
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.core.messages.signal import Observation, Signal
from tradingbot.core.portfolio.ledger import Fill, Ledger
from tradingbot.core.risk.desk import RiskDesk
from tradingbot.core.runtime.liveshadow import LiveShadow
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.replay.verifier import open_verifier
from tradingbot.core.runtime.statefile import TABLES, Outbox, StateFile, open_state_file
from tradingbot.core.runtime.statewriter import (
    OrderNames,
    StateWriter,
    event_rows,
    happening_row,
    position_row,
    refusal_row,
    signal_row,
    trade_row,
    transfer_row,
)

NODE = ("mine", "cryptofutures", "", "sha", "max", 0, 9, 1, 1, "", "USDT", "10000", 0, 1, "", 0)


class OrderRejected(SimpleNamespace):
    """As the engine's, by its name."""


@contextmanager
def node(path: Path) -> Iterator[tuple[Recorder, StateWriter]]:
    """Books of an account that has not traded, and what notes them in the file at `path` after what is there."""
    books = recorder("USDT", 8, coin=[100, 101, 102, 103, 104, 105])
    with open_verifier(path, "sha") as past, closing(StateFile(path)) as file:
        file.write([("node", [NODE])])
        shadow = LiveShadow(policy(), MemoryKillLatch(Lane.CRYPTOFUTURES, lambda: 0), lambda: False, lambda: False)
        noting = StateWriter(books, file, past, Outbox(past.last["outbox"]), shadow, lambda _name, _coin: Decimal(95))
        books.listeners.decision.append(noting.judged)
        books.listeners.marked.append(noting.marked)
        yield books, noting


def bar(books: Recorder, noting: StateWriter, hour: int) -> None:
    at(books, hour)
    noting.note([(COIN, MONDAY + hour * HOUR)])


def traded(books: Recorder, noting: StateWriter, exit_price: str = "103.0", balance: str = "10003.8") -> None:
    """Want in, fill, hold over a bar and leave."""
    books.decided(intent(), view(), RiskDesk(policy()).ask(intent(), view()))
    fill(books, COIN, "2", "101.0", "0.1 USDT", "9999.9")
    bar(books, noting, 1)
    bar(books, noting, 2)
    fill(books, COIN, "-2", exit_price, "0.1 USDT", balance, "target")
    books.happened("kill", "killed by ann: drill", MONDAY)
    books.transferred(Decimal(-50), MONDAY)
    bar(books, noting, 3)


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with open_state_file(path) as database:
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


def test_bars_that_are_noted_together_have_each_its_equity(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    with node(path) as (books, noting):
        fill(books, COIN, "2", "101.0", "0.1 USDT", "9999.9")
        at(books, 3)
        noting.note([(COIN, MONDAY + hour * HOUR) for hour in (1, 2, 3)])
    found = rows(path, "SELECT ts, equity FROM equity ORDER BY ts")
    assert [ts for ts, _ in found] == [MONDAY + hour * HOUR for hour in (1, 2, 3)]
    assert len({equity for _, equity in found}) == 3


@pytest.mark.parametrize("known", [1, 2, 3])
def test_begun_again_it_notes_only_what_is_not_on_record(tmp_path: Path, known: int) -> None:
    path = tmp_path / "mine.db"
    with node(path) as (books, noting):
        books.decided(intent(), view(), RiskDesk(policy()).ask(intent(), view()))
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


def test_what_came_just_behind_the_last_bar_on_record_brings_the_positions_with_it(tmp_path: Path) -> None:
    path, held = tmp_path / "mine.db", "SELECT quantity FROM positions"
    for count in (0, 1):
        with node(path) as (books, noting):
            at(books, 1)
            noting.marked(np.array([MONDAY + HOUR]), np.array([0.0]), books.ledger.balance)
            if count:
                # An engine notes a bar a latency behind its close.
                fill(books, COIN, "2", "101.0", "0.1 USDT", "9999.9")
                noting.reported([VenueEvent(filled("BUY"), None, 5)])
            noting.note([(COIN, MONDAY + HOUR)])
        assert len(rows(path, "SELECT * FROM fills")) == len(rows(path, held)) == count


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
        noting.reported([VenueEvent(rejected, None, 5), VenueEvent(None, None, 5)])
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


def ledger_fill(ts: int, signed: str, price: str, reason: str) -> Fill:
    return Fill(
        ts=ts, strategy="S-1", instrument=COIN, signed=Decimal(signed), price=Decimal(price), multiplier=Decimal(1),
        rate=Decimal(1), cash=Decimal("-0.5"), commission=Decimal("0.5"), slippage=Decimal(0), reason=reason,
        premium=False,
    )  # fmt: skip


class OrderFilled(SimpleNamespace):
    """As the engine's, by its name."""


def event(kind: type[SimpleNamespace], **fields: Any) -> Any:
    return kind(ts_event=5, strategy_id="S-1", instrument_id=COIN, client_order_id="O-1", **fields)


def columns(table: str) -> int:
    return len(TABLES[table].split(", "))


def filled(side: str) -> Any:
    return event(
        OrderFilled, last_qty=Quantity(0.6, 3), last_px=Price(100.5, 1), order_side=OrderSide.from_str(side),
        commission=Money.from_str("0.10 USDT"), quantity=Quantity(9.0, 3),
    )  # fmt: skip


@pytest.mark.parametrize(("side", "signed"), [("BUY", "0.600"), ("SELL", "-0.600")])
def test_a_fill_is_an_event_and_a_row_of_its_own_with_its_sign(side: str, signed: str) -> None:
    row, own = event_rows(filled(side), "O7", 12, 3)
    assert row == (12, 5, "O7", "S-1", COIN, "OrderFilled", "0.600", "100.5", None)
    assert own is not None
    assert own[:5] == (3, 5, "O7", "S-1", COIN)
    assert (Decimal(own[5]), own[6], Decimal(own[7].split()[0])) == (Decimal(signed), "100.5", Decimal("0.10"))
    assert (len(row), len(own)) == (columns("orders"), columns("fills"))


def test_another_event_has_its_reason_and_is_no_fill() -> None:
    row, own = event_rows(event(OrderRejected, reason="too late"), "O7", 12, 3)
    assert row == (12, 5, "O7", "S-1", COIN, "OrderRejected", None, None, "too late")
    assert own is None


def test_a_trade_and_a_position_are_told_in_exact_decimals() -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(ledger_fill(1, "2", "100.1", "entry"))
    (held,) = ledger.open_positions
    assert position_row(held, Decimal("101.3"), None, Decimal("1.9")) == (
        "S-1", COIN, "2", "100.1", 1, "101.3", None, "1.9",
    )  # fmt: skip
    assert position_row(held, Decimal("101.3"), Decimal(99), Decimal("1.9"))[6] == "99"
    (trade,) = ledger.fill(ledger_fill(9, "-2", "100.2", "stop"))
    row = trade_row(4, trade, Decimal("2.20"))
    assert row[:9] == (4, "S-1", COIN, "LONG", "2", 1, "100.1", 9, "100.2")
    assert row[9:] == ("0.0", "1.0", "0", "-1.0", "stop", "2.20")
    assert trade_row(4, trade, None)[-1] is None
    assert len(row) == columns("trades")


def test_a_refusal_and_a_happening_keep_their_sentences() -> None:
    refused = Refused("S-1", COIN, 5, "exposure_cap", "2", "1", f"{COIN}: too much")
    assert refusal_row(3, refused) == (3, 5, "S-1", COIN, "exposure_cap", f"{COIN}: too much")
    assert happening_row(2, LaneEvent(5, "kill", "killed by ann: drill")) == (2, 5, "kill", "killed by ann: drill")


def test_an_opinion_keeps_the_exact_probability_and_features() -> None:
    seen = Observation(COIN, 5, (0.1, -1e-17), 0.1 + 0.2)
    signal = Signal(COIN, 5, Side.LONG, 0.3, Strength.WEAK, 0.01, 0.01, 6, "sha")
    row = signal_row(1, seen, signal)
    assert row[:6] == (1, 5, COIN, "sha", "LONG", "weak")
    assert row[6] == 0.1 + 0.2
    assert tuple(json.loads(row[7])) == seen.features
    assert signal_row(1, seen, None)[3:6] == (None, None, None)
    assert len(row) == columns("signals")


def test_money_that_came_in_or_left_has_its_time_and_its_sign() -> None:
    assert transfer_row(3, (7, Decimal("-500.25")), Decimal("999.5")) == (3, 7, "-500.25", "999.5")
    assert columns("transfers") == 4


EARLY, LATE = "O-20261126-125702-001-001-14", "O-20261126-125703-001-000-15"


def test_orders_are_numbered_as_they_first_appear() -> None:
    names = OrderNames()
    assert [names.of(order) for order in (LATE, EARLY, LATE)] == ["O1", "O2", "O1"]


def test_a_sentence_that_speaks_of_an_order_is_the_same_on_another_day() -> None:
    names = OrderNames()
    names.of(EARLY)
    said = names.within(f"Reduce-only order {EARLY} (MARKET-BUY) would have increased position, as did {LATE}")
    assert said == "Reduce-only order O1 (MARKET-BUY) would have increased position, as did O2"
    again = OrderNames()
    again.of(EARLY.replace("20261126", "20271231"))
    assert again.within(f"order {EARLY.replace('20261126', '20271231')} expired") == "order O1 expired"


@pytest.mark.parametrize("said", ["POST-ONLY would have filled", "BTCUSDT-LINEAR.BYBIT: the lane is killed", ""])
def test_what_speaks_of_none_stays_as_it_is(said: str) -> None:
    assert OrderNames().within(said) == said
