# file: tests/operations/status/testoverview.py
from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.core.registry.samples import install
from tests.operations.status.statefixture import NOW, START, StateRoom
from tradingbot.core.errors import RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.messages.laneview import ParityTile
from tradingbot.core.runtime.parity import records as paritynote
from tradingbot.core.storage.filelock import LockHolder
from tradingbot.operations import killswitch as switching
from tradingbot.operations import liveswitch as enabling
from tradingbot.operations.status import livediff as differing
from tradingbot.operations.status import nodesummary as glancing
from tradingbot.operations.status import overview as watching


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StateRoom:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    room = StateRoom(tmp_path)
    room.node("trend", wall=time.time_ns())
    return room


def test_each_lane_has_its_nodes_and_its_switches(room: StateRoom) -> None:
    switching.kill(Lane.CRYPTOFUTURES, reason="flood", by="ann")
    lanes = {view.lane: view for view in watching.overview()}
    assert list(lanes) == list(Lane)
    futures = lanes[Lane.CRYPTOFUTURES]
    assert (futures.killed, futures.killed_by, futures.killed_reason) == (True, "ann", "flood")
    assert [node.name for node in futures.nodes] == ["trend"]
    assert not futures.live
    assert "no live node of the cryptofutures lane runs" in futures.live_reason
    assert lanes[Lane.FOREX].nodes == ()
    assert watching.lane(Lane.CRYPTOFUTURES).killed


def test_the_feed_tells_of_nodes_and_switches_newest_first_and_of_a_kill_once(room: StateRoom) -> None:
    room.write("trend", ("outbox", [(1, NOW, START, "trade", "closed"), (2, NOW, START, "lane killed", "killed")]))
    switching.kill(Lane.CRYPTOFUTURES, reason="flood", by="ann")
    assert [(item.kind, item.sentence) for item in watching.feed()] == [
        ("killed", "the cryptofutures lane was killed by ann: flood"),
        ("trade", "closed"),
    ]
    assert len(watching.feed(last=1)) == 1


def test_the_feed_tells_of_live_switches_too(room: StateRoom) -> None:
    switch = enabling.live_switch(Lane.FOREX)
    switch.enable("ann", "small", LockHolder(1, 1))
    switch.disable("bob", "enough")
    assert [(item.kind, item.lane, item.sentence) for item in watching.feed()] == [
        ("disabled", "forex", "the forex lane was disabled by bob: enough"),
        ("enabled", "forex", "the forex lane was enabled by ann: small"),
    ]


def test_what_cannot_be_read_leaves_the_rest_of_the_feed(room: StateRoom) -> None:
    room.write("trend", ("outbox", [(1, NOW, START, "trade", "closed")]))
    (room.home / "state" / "supervisor.db").write_bytes(b"what is this" * 1_000)
    (room.home / "state" / "switches" / "forex.jsonl").mkdir(parents=True)
    (room.home / "state" / "switches" / "forex.live.jsonl").mkdir(parents=True)
    assert [item.sentence for item in watching.feed()] == ["closed"]
    assert "supervisor.db" in watching.processes().unread
    assert "forex.jsonl cannot be read" in watching.lane(Lane.FOREX).notes[0]


def test_a_promotion_and_a_parity_result_change_the_version(room: StateRoom) -> None:
    seen = watching.version()
    paritynote.write_latest(room.home / "state" / "parity", "trend", ParityTile(1, "2026-01-01", 5, 5, 5, 0, (), ""))
    assert watching.version() != seen
    found = watching.lane(Lane.CRYPTOFUTURES).nodes[0].parity
    assert found is not None
    assert found.intents == 5
    seen = watching.version()
    install(room.home)
    assert watching.version() != seen


def test_the_version_changes_with_whatever_is_shown(room: StateRoom) -> None:
    seen = [watching.version()]
    assert watching.version() == seen[0]
    room.equity("trend", 10_100)
    seen.append(watching.version())
    switching.kill(Lane.FOREX, reason="", by="ann")
    seen.append(watching.version())
    switching.resume(Lane.FOREX, "ann", "over")
    seen.append(watching.version())
    assert len(set(seen)) == len(seen)


def test_without_a_supervisor_there_are_no_processes(room: StateRoom) -> None:
    found = watching.processes()
    assert (found.alive, found.processes, found.unread) == (False, (), "")


def test_a_home_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(RunFailed, match="TRADINGBOT_HOME names it"):
        watching.overview()


def test_a_glance_and_a_diff_read_the_same_home(room: StateRoom) -> None:
    room.equity("trend", 10_100)
    room.trade("trend", 1, "100")
    (glance,) = glancing.nodes()
    assert (glance.name, str(glance.profit.equity), str(glance.profit.net)) == ("trend", "10100", "100")
    room.decided("trend", 1, "2")
    assert differing.diff(Lane.CRYPTOFUTURES).asked == 1
