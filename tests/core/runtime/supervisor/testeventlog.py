# file: tests/core/runtime/supervisor/testeventlog.py
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tradingbot.core.lane import Lane
from tradingbot.core.messages.processview import Disarmed, Process, ProcessEvent
from tradingbot.core.runtime.supervisor import eventlog as under_test
from tradingbot.core.runtime.supervisor.eventlog import SupervisorStore
from tradingbot.core.runtime.supervisor.reader import DATABASE, disarmed, events, processes


class Desk:
    """A journal, what it warned of, and a clock that is moved by hand."""

    def __init__(self, home: Path) -> None:
        self.home, self.now = home, 0.0
        self.warned: list[str] = []
        (home / "state").mkdir()
        self.journal = self.anew()

    def anew(self) -> SupervisorStore:
        return SupervisorStore(self.home / DATABASE, self.warned.append, lambda: self.now)

    def kinds(self) -> list[str]:
        return [event.kind for event in reversed(events(self.home))]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(under_test, "_PATIENCE_S", 0.005)
    return Desk(tmp_path)


def row(name: str, state: str = "done") -> Process:
    return Process(name, "paper", 0, state, 5, 1, "why", Lane.FOREX, ("one", "two"))


def event(kind: str) -> ProcessEvent:
    return ProcessEvent(7, "a", kind, f"{kind} it")


def test_what_is_written_is_what_is_read(desk: Desk) -> None:
    desk.journal.process(row("a", "running"))
    desk.journal.process(row("a"))
    desk.journal.event(event("started"))
    desk.journal.event(event("crashed"))
    desk.journal.disarm(Disarmed(Lane.OPTIONS, 8, "a", "loop"))
    desk.journal.disarm(Disarmed(Lane.FOREX, 9, "b", "loop"))
    desk.journal.flush()
    assert processes(desk.home) == (row("a"),)
    assert events(desk.home) == (
        ProcessEvent(7, "a", "crashed", "crashed it", 2),
        ProcessEvent(7, "a", "started", "started it", 1),
    )
    assert [(out.lane, out.wall, out.process) for out in disarmed(desk.home)] == [
        (Lane.FOREX, 9, "b"),
        (Lane.OPTIONS, 8, "a"),
    ]
    assert desk.warned == []


def test_a_new_supervisor_forgets_the_processes_and_keeps_the_rest(desk: Desk) -> None:
    desk.journal.process(row("a"))
    desk.journal.event(event("started"))
    desk.journal.disarm(Disarmed(Lane.FOREX, 9, "a", "loop"))
    desk.journal.compared(11)
    desk.journal.flush()
    later = desk.anew()
    later.flush()
    assert processes(desk.home) == ()
    assert (desk.kinds(), len(disarmed(desk.home)), later.last_compared()) == (["started"], 1, 11)
    later.process(row("b"))
    later.flush()
    later.process(row("c"))
    later.flush()
    assert [process.name for process in processes(desk.home)] == ["b", "c"]


def test_when_nothing_was_compared_that_is_not_known(desk: Desk) -> None:
    assert desk.journal.last_compared() is None


def test_what_a_locked_file_does_not_take_is_told_once_and_written_later_with_the_reason(desk: Desk) -> None:
    desk.journal.flush()
    assert desk.journal.retry_s() == float("inf")
    with closing(sqlite3.connect(desk.home / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        desk.journal.event(event("started"))
        desk.journal.process(row("a", "running"))
        for desk.now in (10.0, 12.0):
            desk.journal.flush()
        assert desk.warned == [
            f"{desk.home / DATABASE} could not be written: database is locked;"
            " the processes go on, and it is tried again"
        ]
        assert desk.journal.retry_s() == 5
    desk.now = 17.5
    desk.journal.flush()
    assert desk.kinds() == ["started", "unwritten"]
    assert events(desk.home)[0].sentence == "for 7.5 s nothing could be recorded: database is locked"
    assert [process.state for process in processes(desk.home)] == ["unwatched"]
    assert desk.journal.retry_s() == float("inf")


def test_a_full_disk_is_told_and_holds_nothing_back(desk: Desk) -> None:
    """A folder where the file should be fails like a disk without room: the file cannot be made."""
    (desk.home / DATABASE).mkdir()
    desk.journal.event(event("started"))
    desk.journal.flush()
    assert "unable to open database file" in desk.warned[0]
    (desk.home / DATABASE).rmdir()
    desk.journal.flush()
    assert desk.kinds() == ["started", "unwritten"]


def test_of_too_many_waiting_events_the_oldest_are_dropped_and_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.home / DATABASE).mkdir()
    for number in range(1_003):
        desk.journal.event(ProcessEvent(number, "a", "crashed", ""))
    desk.journal.flush()
    (desk.home / DATABASE).rmdir()
    monkeypatch.setattr(under_test, "_KEPT", 10)
    desk.journal.flush()
    found = events(desk.home)
    assert "3 events were dropped: unable to open database file" in found[0].sentence
    assert [event.wall for event in found[1:]] == list(range(1_002, 993, -1))


def test_a_file_that_is_no_database_is_told_and_left_alone(desk: Desk) -> None:
    text = b"not a database, " * 100
    (desk.home / DATABASE).write_bytes(text)
    desk.journal.event(event("started"))
    desk.journal.flush()
    assert "file is not a database" in desk.warned[0]
    assert (desk.home / DATABASE).read_bytes() == text
