# file: tests/operations/status/testnodesummary.py
from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from tests.operations.status.statefixture import NOW, START, StateRoom
from tradingbot.core.time import SECOND
from tradingbot.operations.status.nodesummary import node_summaries


def test_it_says_of_each_node_how_it_stands(tmp_path: Path) -> None:
    room = StateRoom(tmp_path)
    room.node("trend")
    room.equity("trend", 10_000, 10_300)
    room.trade("trend", 1, "250.1")
    room.trade("trend", 2, "-0.2")
    held = ("Trend-000", "BTCUSDT-LINEAR.BYBIT", "0.5", "40000", START, "40400", "39188", "200")
    room.write("trend", ("positions", [held]))
    (found,) = node_summaries(tmp_path, NOW)
    assert (found.name, found.lane, found.beat.state, found.unread) == ("trend", "cryptofutures", "running", "")
    assert (found.profit.equity, found.profit.net, found.profit.trades) == (Decimal(10_300), Decimal(300), 2)
    assert (found.profit.realised, found.profit.unrealised) == (Decimal("249.9"), Decimal("50.1"))
    assert (found.positions, found.currency) == (1, "USDT")


def test_what_the_owner_put_in_is_no_profit(tmp_path: Path) -> None:
    room = StateRoom(tmp_path)
    room.node("trend")
    room.equity("trend", 10_000, 10_800)
    rows = [(1, START + 400 * SECOND, "700", "10000"), (2, START + 900 * SECOND, "50", "10700")]
    room.write("trend", ("transfers", rows))
    (found,) = node_summaries(tmp_path, NOW)
    assert (found.profit.net, found.profit.unrealised) == (Decimal(100), Decimal(100))


def test_one_that_cannot_be_read_says_why_and_hides_no_other(tmp_path: Path) -> None:
    room = StateRoom(tmp_path)
    room.node("trend")
    room.node("other", lane="forex")
    room.trade("trend", 1, "much")
    found = {glance.name: glance for glance in node_summaries(tmp_path, NOW)}
    assert found["trend"].lane == "cryptofutures"
    assert found["trend"].unread.startswith("its state cannot be read: ")
    assert (found["other"].unread, found["other"].profit.equity) == ("", None)
    with closing(sqlite3.connect(room.path("trend"))) as database, database:
        database.execute("DELETE FROM node")
    (_other, trend) = node_summaries(tmp_path, NOW)
    assert (trend.name, trend.unread) == ("trend", "its state cannot be read: it holds no run yet")


def test_a_node_on_a_feed_says_whether_it_warms_up_and_when_it_wrote_its_last_checkpoint(tmp_path: Path) -> None:
    room = StateRoom(tmp_path)
    room.node("live", feed="bybit", since=NOW + 1)
    (found,) = node_summaries(tmp_path, NOW)
    assert (found.feed, found.warming_up, found.checkpoint) == ("bybit", True, 0)
    room.node("live", feed="bybit", since=NOW)
    room.write("live", ("checkpoints", [(START + 1, START, NOW, "{}", b"", ""), (NOW + 1, NOW, NOW, "{}", b"", "")]))
    (found,) = node_summaries(tmp_path, NOW)
    assert (found.warming_up, found.checkpoint) == (False, NOW)
