# file: tests/operations/status/testnodereader.py
from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.registry.samples import change, install
from tests.operations.status.statefixture import NOW, START, StateRoom
from tradingbot.core.lane import Lane
from tradingbot.core.market.journal.writer import FeedBeat, FeedJournal
from tradingbot.core.messages.laneview import NodeView
from tradingbot.core.registry.states import Change, State
from tradingbot.core.registry.store import Registry
from tradingbot.core.runtime.replay.verifier import archive_state
from tradingbot.core.time import ENDLESS, SECOND
from tradingbot.operations.status.nodereader import NodeReader


@pytest.fixture
def room(tmp_path: Path) -> StateRoom:
    return StateRoom(tmp_path)


def shelf(room: StateRoom, now: int = NOW) -> NodeReader:
    return NodeReader(room.home, lambda: now)


def only(found: list[NodeView]) -> NodeView:
    (view,) = found
    return view


def test_a_node_is_shown_with_its_numbers_and_what_it_holds(room: StateRoom) -> None:
    room.node("trend")
    room.equity("trend", 10_000, 9_500, 10_400)
    room.trade("trend", 1, "250")
    held = ("Trend-000", "BTCUSDT-LINEAR.BYBIT", "0.5", "40000", START, "40400", "39188", "200")
    room.write(
        "trend",
        ("positions", [held]),
        ("refusals", [(1, START, "Trend-000", "X", "daily_loss", "too much")]),
        ("happenings", [(1, START, "drift", "PSI of momentum"), (2, START, "kill", "killed by the watch")]),
    )
    view = only(shelf(room).views())
    assert (view.lane, view.role, view.beat.state, view.beat.bars) == (Lane.CRYPTOFUTURES, "config", "running", 12)
    assert view.standing.equity == Decimal(10_400)
    assert view.standing.max_drawdown == pytest.approx(0.05)
    assert view.standing.trades == 1
    assert view.standing.reward_points == pytest.approx(2.5)
    assert view.curve[0] == (START, 10_000.0)
    assert view.curve[-1][1] == 10_400.0
    assert view.positions[0].stop_distance == pytest.approx(0.03)
    assert [said.kind for said in view.refusals] == ["daily_loss"]
    assert [said.sentence for said in view.drift] == ["PSI of momentum"]
    assert [said.kind for said in view.happenings] == ["kill"]
    # 10,400 - 10,000 = 250 of the closed trade + 150 that is open by the account; the strategy's position says 200.
    assert (view.standing.pnl, view.standing.realised_pnl, view.standing.open_pnl) == tuple(
        map(Decimal, (400, 250, 150))
    )
    (strategy,) = view.strategies
    assert (strategy.standing.pnl, strategy.standing.open_pnl) == (Decimal(450), Decimal(200))
    assert {item.name for item in strategy.standing.unreliable} == {"win_rate"}
    assert [item.reason for item in view.standing.unreliable] == ["from 1 trade, 30 are needed"]


def test_it_goes_on_where_it_was_and_begins_anew_with_another_file(room: StateRoom) -> None:
    room.node("trend")
    room.equity("trend", 10_000, 9_000)
    found = shelf(room)
    assert only(found.views()).standing.max_drawdown == pytest.approx(0.1)
    room.equity("trend", 10_000, 9_000, 8_000)
    assert only(found.views()).standing.max_drawdown == pytest.approx(0.2)
    room.path("trend").rename(room.home / "elsewhere")
    room.node("trend")
    room.equity("trend", 11_000)
    assert only(found.views()).standing.max_drawdown == 0


def test_it_begins_anew_once_the_node_or_somebody_by_hand_does(room: StateRoom) -> None:
    room.node("trend")
    room.equity("trend", 10_000, 5_000)
    room.trade("trend", 1, "250")
    found = shelf(room)
    assert only(found.views()).standing.max_drawdown == pytest.approx(0.5)
    with closing(sqlite3.connect(room.path("trend"))) as database, database:
        database.execute("DELETE FROM equity WHERE equity = '5000'")
        database.execute("DELETE FROM trades")
    view = only(found.views())
    assert (view.standing.max_drawdown, view.standing.trades) == (0.0, 0)
    with closing(sqlite3.connect(room.path("trend"))) as database, database:
        database.execute("UPDATE equity SET equity = '9000'")
        database.execute("UPDATE node SET began = began + 1")
    assert only(found.views()).standing.max_drawdown == pytest.approx(0.1)


def test_many_may_look_while_the_node_writes(room: StateRoom) -> None:
    room.node("trend")
    found, done = shelf(room), threading.Event()
    seen: list[list[NodeView]] = []

    def look() -> None:
        while not done.is_set():
            seen.append(found.views())

    with ThreadPoolExecutor(3) as pool:
        looking = [pool.submit(look) for _ in range(3)]
        for number in range(1, 26):
            room.equity("trend", *range(10_000, 10_000 - number, -1))
            room.trade("trend", number, "10")
        done.set()
        for each in looking:
            each.result()
    view = only(found.views())
    assert (view.standing.trades, view.standing.pnl, view.standing.equity) == (25, Decimal(-24), Decimal(9_976))
    assert len(view.curve) == 26
    assert {only(views).unread for views in seen} <= {""}


def test_a_champion_stands_before_what_is_only_tried(room: StateRoom) -> None:
    for name in ("alpha", "beta", "trend-1"):
        room.node(name)
    registry = Registry(room.home / "state" / "registry.db")
    registry.record(Change("beta", State.CANDIDATE, "ann", "", 1, "", "strategies.trend:Trend", Lane.CRYPTOFUTURES))
    certificate = install(room.home).to_json()
    found = shelf(room)
    plain, failed = ("alpha", "config"), ("beta", "not_passed")
    assert _roles(found) == [plain, ("trend-1", "challenger"), failed]
    registry.record(change(State.PROMOTED, certificate=certificate))
    assert _roles(found) == [("trend-1", "champion"), plain, failed]
    registry.record(change(State.DEMOTED))
    assert _roles(found) == [plain, failed, ("trend-1", "demoted")]
    registry.record(change(State.RETIRED))
    assert _roles(found) == [plain, failed, ("trend-1", "retired")]


@pytest.mark.parametrize(
    ("states", "order"),
    [
        ({"alpha": "finished", "own": "failed"}, ["own", "alpha"]),
        ({"alpha": "stopped", "own": "running"}, ["own", "alpha"]),
        ({"alpha": "running", "own": "failed"}, ["own", "alpha"]),
        ({"trend-1": "finished", "own": "failed"}, ["own", "trend-1"]),
        ({"trend-1": "failed", "own": "running"}, ["trend-1", "own"]),
        ({"trend-1": "finished", "alpha": "finished"}, ["trend-1", "alpha"]),
    ],
)
def test_no_finished_replay_headlines_a_lane_whose_node_has_failed(
    room: StateRoom, states: dict[str, str], order: list[str]
) -> None:
    certificate = install(room.home).to_json()
    Registry(room.home / "state" / "registry.db").record(change(State.PROMOTED, certificate=certificate))
    for name, state in states.items():
        room.node(name, state=state)
    assert [view.name for view in shelf(room).views()] == order


def _roles(found: NodeReader) -> list[tuple[str, str]]:
    return [(view.name, view.role) for view in found.views()]


def test_a_node_whose_process_is_gone_is_dead(room: StateRoom) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    room.node("trend", pid=gone.pid)
    beat = only(shelf(room).views()).beat
    assert beat.state == "dead"
    assert beat.sentence.startswith(f"its process {gone.pid} is gone without a word")


def test_a_node_that_ended_by_itself_is_not_dead(room: StateRoom) -> None:
    room.node("trend", pid=2**22 - 1, state="failed", sentence="the disk is full")
    beat = only(shelf(room).views()).beat
    assert (beat.state, beat.sentence) == ("failed", "the disk is full")


def test_a_node_that_is_silent_has_stalled(room: StateRoom) -> None:
    room.node("trend")
    beat = only(shelf(room, NOW + 60 * SECOND).views()).beat
    assert (beat.state, beat.sentence) == ("stalled", "no sign of life for 60 s")


def test_a_damaged_state_is_told_and_hides_no_other_node(room: StateRoom) -> None:
    room.node("trend")
    room.node("other", lane="forex")
    found = shelf(room)
    assert len(found.views()) == 2
    for end in ("-wal", "-shm"):
        room.path("trend").with_name(f"trend.db{end}").unlink(missing_ok=True)
    room.path("trend").write_bytes(b"what is this" * 1_000)
    views = {view.name: view for view in found.views()}
    assert views["trend"].lane is Lane.CRYPTOFUTURES
    assert views["trend"].unread.startswith("its state cannot be read: ")
    assert views["other"].unread == ""


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("ALTER TABLE trades DROP COLUMN risked", "no such column: risked"),
        ("ALTER TABLE node DROP COLUMN synthetic", "No item with that key"),
        ("DROP TABLE positions", "no such table: positions"),
        ("UPDATE equity SET equity = 'much'", "ConversionSyntax"),
        ("UPDATE node SET start_equity = NULL", "NoneType"),
    ],
)
def test_a_state_of_another_version_is_told_in_its_lane_at_the_first_look(
    room: StateRoom, damage: str, why: str
) -> None:
    room.node("trend")
    room.node("other")
    room.equity("trend", 10_000)
    with closing(sqlite3.connect(room.path("trend"))) as database, database:
        database.execute(damage)
    found = shelf(room)
    for _ in range(2):
        views = {view.name: view for view in found.views()}
        assert views["trend"].lane is Lane.CRYPTOFUTURES
        assert why in views["trend"].unread
        assert views["other"].unread == ""
    assert found.troubles == ()


def test_a_state_that_is_locked_is_told_and_comes_back(room: StateRoom) -> None:
    room.node("trend")
    room.equity("trend", 10_000, 9_000)
    found = shelf(room)
    before = only(found.views())
    with closing(sqlite3.connect(room.path("trend"), isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("BEGIN EXCLUSIVE")
        assert only(found.views()).unread == "its state cannot be read: database is locked"
    assert only(found.views()) == before


def test_a_state_in_which_no_run_began_is_a_trouble_until_one_does(room: StateRoom) -> None:
    room.write("trend")
    found = shelf(room)
    assert found.views() == []
    assert found.troubles == (f"{room.path('trend')} cannot be read: it holds no run yet",)
    room.node("trend")
    assert only(found.views()).unread == ""
    assert not found.troubles


def test_a_file_that_is_still_empty_is_found_once_it_holds_a_node(room: StateRoom) -> None:
    room.path("trend").parent.mkdir(parents=True)
    room.path("trend").touch()
    found = shelf(room)
    assert (found.views(), found.troubles) == ([], ())
    room.node("trend")
    assert only(found.views()).name == "trend"


def test_what_was_set_aside_is_no_node(room: StateRoom) -> None:
    room.node("trend")
    archive_state(room.path("trend"))
    assert shelf(room).views() == []


def test_a_damaged_state_nobody_saw_before_is_a_trouble_of_the_home(room: StateRoom) -> None:
    room.path("trend").parent.mkdir(parents=True)
    room.path("trend").write_bytes(b"what is this" * 1_000)
    room.path("trend").with_suffix(".lock").touch()
    found = shelf(room)
    assert found.views() == []
    assert found.troubles[0].startswith(f"{room.path('trend')} cannot be read: ")


def test_other_databases_are_no_nodes(room: StateRoom) -> None:
    Registry(room.home / "state" / "registry.db").record(
        Change("beta", State.CANDIDATE, "ann", "", 1, "", "strategies.trend:Trend", Lane.FOREX)
    )
    found = shelf(room)
    assert (found.views(), found.troubles) == ([], ())


def test_a_node_on_a_feed_has_the_age_of_its_data_by_the_venues_clock_and_no_end(room: StateRoom) -> None:
    with closing(FeedJournal(room.home / "state" / "feeds" / "bybit.db", os.getpid())) as journal:
        journal.beat(FeedBeat(True, NOW + 90 * SECOND, 0, 60.0, 0, "running"))
    with closing(sqlite3.connect(journal.path)) as database, database:
        database.execute("UPDATE heartbeat SET wall = ?", (NOW + 10**6 * SECOND,))
    room.node("live", feed="bybit", since=NOW + 1, end=ENDLESS)
    room.write("live", ("refusals", [(1, NOW, "Trend-000", "BTC", "warming_up", "nothing yet")]))
    room.node("replayed", feed="replay")
    views = {view.name: view for view in NodeReader(room.home, lambda: NOW).views()}
    live, replayed = views["live"], views["replayed"]
    assert (live.feed, live.warming_up, live.end, live.refusals) == ("bybit", True, None, ())
    assert live.data_wall == NOW + 10**6 * SECOND - 1_500_000_000
    assert (replayed.warming_up, replayed.end, replayed.data_wall) == (False, NOW, NOW)
