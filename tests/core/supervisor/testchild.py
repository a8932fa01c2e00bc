# file: tests/core/supervisor/testchild.py
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

from tests.core.supervisor.strings import COMMAND, PATIENCE_S, paper, strings
from tradingbot.core.supervisor.child import Nursery
from tradingbot.core.supervisor.hearing import Ended, Heard

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
    """A nursery and what is heard from it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.heard: SimpleQueue[Heard] = SimpleQueue()
        self.family = os.open(home / "family", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)

    def nursery(self, *command: str) -> Nursery:
        return Nursery(self.home / "logs", self.family, 0.2, self.heard.put, command)

    def code(self) -> int:
        """Wait for the next end and return its exit code."""
        message = self.heard.get(timeout=PATIENCE_S)
        assert isinstance(message, Ended)
        return message.child.reap()


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    found = Ward(tmp_path)
    yield found
    os.close(found.family)


def test_a_child_holds_the_reading_end_and_the_family_and_nothing_else_of_ours(ward: Ward) -> None:
    nursery = ward.nursery(sys.executable, "-c", _HOLDS)
    log = nursery.log("a")
    nursery.start(paper("a"), log)
    assert ward.code() == 0
    line, family, *held = map(int, log.last(1)[0].split())
    assert held == sorted({0, 1, 2, line, family})
    assert family == ward.family
    nursery.close()


def test_children_end_when_the_nursery_lets_go_of_them(ward: Ward) -> None:
    nursery = ward.nursery(*COMMAND)
    with strings() as stage:
        for name in ("a", "b"):
            nursery.start(paper(name), nursery.log(name))
        puppets = stage.meet(2)
        nursery.close()
        assert [puppet.gone() for puppet in puppets] == [True, True]
    assert [ward.code(), ward.code()] == [-signal.SIGTERM, -signal.SIGTERM]


def test_a_child_that_nobody_could_wait_for_is_not_left_alone(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    nursery = ward.nursery(sys.executable, "-c", "import signal; signal.pause()")

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
        nursery.start(paper("a"), nursery.log("a"))
    assert [child.returncode for child in made] == [-signal.SIGKILL]
    nursery.close()
