# file: tests/core/runtime/supervisor/testprocesses.py
from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from tests.core.runtime.supervisor.supervisorfixture import COMMAND, PATIENCE_S, Strings, paper
from tradingbot.core.runtime.supervisor.processes import LogFile, ProcessEnded, ProcessSpawner, SupervisorEvent


def test_only_what_this_process_wrote_is_quoted(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "logs" / "mine.log")
    log.begin()
    log.path.write_text("of the first\n", encoding="utf-8")
    log.begin()
    assert log.last(5) == ()
    with log.path.open("a", encoding="utf-8") as file:
        file.write("one\n\n  two  \n\nthree")
    assert log.last(5) == ("one", "  two", "three")
    assert log.last(2) == ("  two", "three")
    assert log.path.read_text(encoding="utf-8").startswith("of the first\n")


def test_a_file_past_its_limit_becomes_the_one_older_file(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "mine.log", limit=10)
    for text in ("first, too long\n", "second, too long\n"):
        log.path.write_text(text, encoding="utf-8")
        log.begin()
        assert (tmp_path / "mine.1.log").read_text(encoding="utf-8") == text
        assert log.path.read_text(encoding="utf-8") == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.1.log", "mine.log"]


def test_a_process_goes_on_writing_into_the_emptied_file_and_is_quoted_from_it(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "mine.log", limit=30)
    log.path.write_text("of the one before\n", encoding="utf-8")
    log.begin()
    with log.path.open("a", encoding="utf-8") as file:
        file.write("a line that is past the limit\n")
        file.flush()
        log.tend()
        file.write("end\n")
    assert log.path.read_text(encoding="utf-8") == "end\n"
    assert log.last(5) == ("end",)


def test_a_disk_that_does_not_let_it_is_no_trouble_while_a_process_runs(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "mine.log", limit=1)
    log.begin()
    log.path.write_text("long", encoding="utf-8")
    (tmp_path / "mine.1.log").mkdir()
    log.tend()
    assert log.path.read_text(encoding="utf-8") == "long"
    with pytest.raises(OSError, match=r"mine\.1\.log"):
        log.begin()


def test_a_file_that_is_gone_quotes_nothing(tmp_path: Path) -> None:
    assert LogFile(tmp_path / "mine.log").last(5) == ()


_HOLDS = """
import os, sys
def held(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False
print(*sys.argv[1:3], *filter(held, range(1000)))
"""


class Ward:
    """A spawner, and the messages it puts."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.messages: SimpleQueue[SupervisorEvent] = SimpleQueue()
        self.family = os.open(home / "family", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)

    def spawner(self, *command: str) -> ProcessSpawner:
        return ProcessSpawner(self.home / "logs", self.family, 0.2, self.messages.put, command)

    def code(self) -> int:
        """Wait for the next end and return its exit code."""
        message = self.messages.get(timeout=PATIENCE_S)
        assert isinstance(message, ProcessEnded)
        return message.child.reap()


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    found = Ward(tmp_path)
    yield found
    os.close(found.family)


def test_a_child_holds_the_reading_end_and_the_family_and_nothing_else_of_ours(ward: Ward) -> None:
    spawner = ward.spawner(sys.executable, "-c", _HOLDS)
    log = spawner.log("a")
    spawner.start(paper("a"), log)
    assert ward.code() == 0
    line, family, *held = map(int, log.last(1)[0].split())
    assert held == sorted({0, 1, 2, line, family})
    assert family == ward.family
    spawner.close()


def test_children_end_when_the_spawner_lets_go_of_them(ward: Ward, stage: Strings) -> None:
    spawner = ward.spawner(*COMMAND)
    for name in ("a", "b"):
        spawner.start(paper(name), spawner.log(name))
    puppets = stage.meet(2)
    spawner.close()
    assert [puppet.gone() for puppet in puppets] == [True, True]
    assert [ward.code(), ward.code()] == [-signal.SIGTERM, -signal.SIGTERM]


def test_a_child_that_nobody_could_wait_for_is_not_left_alone(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    spawner = ward.spawner(sys.executable, "-c", "import signal; signal.pause()")

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    made: list[subprocess.Popen[bytes]] = []

    class Kept(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **fields: Any) -> None:
            super().__init__(*words, **fields)
            made.append(self)

    monkeypatch.setattr(subprocess, "Popen", Kept)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(OSError, match="can't start new thread"):
        spawner.start(paper("a"), spawner.log("a"))
    assert [child.returncode for child in made] == [-signal.SIGKILL]
    spawner.close()
