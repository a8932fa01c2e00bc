# file: tests/operations/status/testnodefiles.py
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.operations.status.statefixture import NOW, StateRoom
from tradingbot.core.messages.laneview import HeartbeatView
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.time import SECOND
from tradingbot.operations.status.nodefiles import HeartbeatReader, peek

LATER = NOW + 60 * SECOND


@pytest.fixture
def room(tmp_path: Path) -> StateRoom:
    return StateRoom(tmp_path)


@pytest.fixture(scope="module")
def gone() -> int:
    """A process that was."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def beat(room: StateRoom, now: int = NOW, beats: HeartbeatReader | None = None) -> HeartbeatView:
    with peek(room.path("trend")) as database:
        return (beats or HeartbeatReader()).of(room.path("trend"), database, now)


def lock(room: StateRoom) -> Path:
    return room.path("trend").with_suffix(".lock")


def test_a_node_whose_process_is_gone_and_whose_lock_is_free_is_dead(room: StateRoom, gone: int) -> None:
    room.node("trend", pid=gone)
    lock(room).touch()
    assert beat(room).state == "dead"


def test_a_node_whose_process_cannot_be_seen_lives_while_it_holds_its_lock(room: StateRoom, gone: int) -> None:
    room.node("trend", pid=gone)
    with single_instance(lock(room)):
        assert beat(room).state == "running"


def test_a_silent_node_whose_number_another_process_has_by_now_is_dead(room: StateRoom) -> None:
    room.node("trend")
    lock(room).touch()
    assert beat(room, LATER).state == "dead"


def test_a_silent_node_that_holds_its_lock_has_stalled(room: StateRoom) -> None:
    room.node("trend")
    with single_instance(lock(room)):
        found = beat(room, LATER)
    assert (found.state, found.sentence) == ("stalled", "no sign of life for 60 s")


def test_the_lock_of_a_dead_node_is_left_alone_until_it_begins_again(room: StateRoom, gone: int) -> None:
    room.node("trend", pid=gone)
    lock(room).touch()
    beats = HeartbeatReader()
    assert beat(room, beats=beats).state == "dead"
    with single_instance(lock(room)):
        assert beat(room, beats=beats).state == "dead"
        room.node("trend")
        assert beat(room, beats=beats).state == "running"


def test_a_node_that_ended_by_itself_is_as_it_said(room: StateRoom, gone: int) -> None:
    room.node("trend", pid=gone, state="finished")
    assert beat(room, LATER).state == "finished"
