# file: tests/cli/testlifeline.py
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BOUND = """
import signal, sys
from tradingbot.cli import lifeline
lifeline.bind(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
"""
_CALM = """
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("ready", flush=True)
signal.pause()
"""
_DEAF = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True:
    signal.pause()
"""
_HOLDS_PYTHON = """
import ctypes
signal.signal(signal.SIGTERM, lambda *_: ctypes.PyDLL(None).pause())  # in C, without letting go of Python's lock
print("ready", flush=True)
signal.pause()
"""
_STARTS = """
import os, subprocess
held = set(os.listdir("/dev/fd"))
child = subprocess.run([sys.executable, "-c", "import os; print(*os.listdir('/dev/fd'))"], capture_output=True,
                       text=True, close_fds=False)
given = set(sys.argv[1:3])
print(given <= held, given & set(child.stdout.split()))
"""


class Line:
    """A pipe like the supervisor's, and a descriptor like its family's."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()
        self.family = os.open(os.devnull, os.O_RDONLY)

    def words(self, grace_s: float) -> list[str]:
        return [str(self.reading), str(self.family), str(grace_s)]

    def cut(self) -> None:
        if self._writing >= 0:
            os.close(self._writing)
        self._writing = -1

    def start(self, *command: str) -> subprocess.Popen[str]:
        given = (self.reading, self.family)
        pipe = subprocess.PIPE
        return subprocess.Popen([sys.executable, *command], stdout=pipe, stderr=pipe, text=True, pass_fds=given)


@contextmanager
def line() -> Iterator[Line]:
    found = Line()
    try:
        yield found
    finally:
        found.cut()
        os.close(found.reading)
        os.close(found.family)


def ended(code: str, grace_s: float) -> tuple[int, str]:
    """Cut the line of a process that said it is ready; return its exit code and what it complained of."""
    with line() as held, held.start("-c", _BOUND + code, *held.words(grace_s)) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            assert process.poll() is None
            held.cut()
            _, complaint = process.communicate(timeout=30)
        finally:
            process.kill()
        return process.returncode, complaint


def test_a_process_whose_line_is_cut_ends_in_its_own_way() -> None:
    assert ended(_CALM, 3_600) == (7, "")


@pytest.mark.parametrize("code", [_DEAF, _HOLDS_PYTHON], ids=["deaf", "holding Python's lock for ever"])
def test_one_that_does_not_end_is_ended_and_says_where_it_hung(code: str) -> None:
    returncode, complaint = ended(code, 0.2)
    assert returncode == 1
    assert complaint.startswith("Timeout (0:00:00.2")
    assert 'File "<string>", line' in complaint


def test_without_a_grace_it_is_ended_at_once() -> None:
    assert ended(_DEAF, 0)[0] == 1


def test_what_a_bound_process_starts_does_not_hold_its_line() -> None:
    with line() as held, held.start("-c", _BOUND + _STARTS, *held.words(5)) as process:
        assert process.communicate(timeout=30)[0] == "True set()\n"


_WRITES = """
import sys
from tradingbot.cli import lifeline
lifeline.forgive()
for stream in (sys.stdout, sys.stderr):
    stream.write("of no use ü\\n" * 10_000)
    stream.flush()
sys.exit(7)
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_words_for_a_full_disk_are_lost_and_the_process_goes_on() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([sys.executable, "-c", _WRITES], check=False, stdout=full, stderr=full, timeout=30)
    assert done.returncode == 7


def test_words_for_a_disk_with_room_arrive() -> None:
    done = subprocess.run([sys.executable, "-c", _WRITES], check=False, capture_output=True, timeout=30)
    assert done.stdout == done.stderr == "of no use ü\n".encode() * 10_000


def test_a_verb_is_run_and_its_exit_code_and_sentence_are_kept(tmp_path: Path) -> None:
    with line() as held, held.start("-m", "tradingbot.cli.lifeline", *held.words(5), "kill", "gold") as process:
        out, complaint = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert complaint.startswith("tradingbot: LANE was 'gold', allowed are cryptospot,")
