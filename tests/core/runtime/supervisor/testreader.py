# file: tests/core/runtime/supervisor/testreader.py
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.messages.processview import Process, ProcessEvent, Supervision
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.runtime.supervisor.eventlog import SupervisorStore
from tradingbot.core.runtime.supervisor.reader import DATABASE, LOCK, disarmed, events, processes, supervision

RUNNING = Process("a", "paper", 123, "running", 5, 1, "", None, ())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    journal = SupervisorStore(tmp_path / DATABASE, pytest.fail)
    journal.process(RUNNING)
    journal.process(Process("b", "paper", 0, "given_up", 6, 4, "crashed", None, ("last",)))
    for number in range(3):
        journal.event(ProcessEvent(number, "a", "started", ""))
    journal.flush()
    return tmp_path


def test_a_home_where_nothing_was_ever_started_has_nothing_and_stays_untouched(tmp_path: Path) -> None:
    assert supervision(tmp_path) == Supervision(False, 0, (), (), "")
    assert (processes(tmp_path), events(tmp_path), disarmed(tmp_path)) == ((), (), ())
    assert list(tmp_path.iterdir()) == []


def test_a_supervisor_is_alive_while_it_holds_its_lock(home: Path) -> None:
    with single_instance(home / LOCK):
        found = supervision(home)
        assert (found.alive, found.pid, found.processes[0]) == (True, os.getpid(), RUNNING)
    assert not supervision(home).alive


def test_what_a_dead_supervisor_watched_is_told_to_be_unwatched_and_what_had_ended_stays(home: Path) -> None:
    running, ended = processes(home)
    assert (running.state, running.pid) == ("unwatched", 0)
    assert running.sentence == "the supervisor that watched it is gone, and it with it"
    assert (ended.state, ended.sentence, ended.lines) == ("given_up", "crashed", ("last",))


def test_the_number_of_a_process_that_is_gone_is_no_supervisor(home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], check=True, capture_output=True)
    (home / LOCK).write_bytes(done.stdout)
    assert supervision(home).pid == 0
    (home / LOCK).write_text("nobody", encoding="utf-8")
    assert supervision(home).pid == 0


def test_the_last_events_come_newest_first(home: Path) -> None:
    assert [(event.number, event.wall) for event in events(home, last=2)] == [(3, 2), (2, 1)]


def test_what_cannot_be_read_is_told(home: Path) -> None:
    for path in (home / "state").iterdir():
        path.unlink()
    (home / DATABASE).write_bytes(b"not a database, " * 100)
    with pytest.raises(RunFailed, match=r"supervisor\.db could not be read: file is not a database"):
        processes(home)
    assert "file is not a database" in supervision(home).unread
