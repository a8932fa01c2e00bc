# file: core/runtime/supervisor/processes.py
"""Processes: their specification, spawning with a lifeline, log file, and the events the supervisor hears of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from tradingbot.core.lane import Lane


class Kind(StrEnum):
    """What a process is for, which decides what its end means."""

    FEED = "feed"
    PAPER = "paper"
    DASHBOARD = "dashboard"
    PARITY = "parity"


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A process by name, and the words of the command line it runs; `lane` is None where it has none."""

    name: str
    words: tuple[str, ...]
    kind: Kind
    lane: Lane | None = None


def parity_process(node: ProcessSpec) -> ProcessSpec:
    """Return the comparison of a node's last whole market day with its backtest."""
    # No node's name may hold an @, so the names cannot meet.
    return ProcessSpec(f"parity@{node.name}", ("parity", node.name, "--day", "last"), Kind.PARITY, node.lane)


@dataclass(frozen=True, slots=True)
class ProcessEnded:
    """A process has ended and waits to be reaped."""

    child: ChildProcess


@dataclass(frozen=True, slots=True)
class OutputLine:
    """A process that is read aloud wrote a line."""

    process: str
    line: str


@dataclass(frozen=True, slots=True)
class StopRequested:
    """Somebody wants everything stopped; asked again with `urgent`, at once."""

    why: str
    urgent: bool = False


type SupervisorEvent = ProcessEnded | OutputLine | StopRequested


@contextmanager
def stop_on_signals(put: Callable[[SupervisorEvent], None]) -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into `StopRequested`, while the block lasts; only the main thread may ask for it.

    A SIGHUP that is ignored, as under nohup, stays so. `put` must not mind to be interrupted by itself.
    """

    def hear(number: int, _frame: object) -> None:
        put(StopRequested(signal.Signals(number).name, urgent=number == signal.SIGINT))

    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
    before = [(number, signal.signal(number, hear)) for number in wanted]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


_LIMIT = 8 << 20
_TAIL = 8_192


class LogFile:
    """`path`, and one older file `<stem>.1.log` beside it; each has at most about `limit` bytes."""

    def __init__(self, path: Path, limit: int = _LIMIT) -> None:
        self.path = path
        self._limit = limit
        self._older = path.with_suffix(".1.log")
        self._from = 0

    def begin(self) -> None:
        """Get ready for a new process: what `last` quotes is written after this. OSError when that is impossible."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        self._cut()
        self._from = self.path.stat().st_size

    def tend(self) -> None:
        """Keep to the limit while a process writes, as far as the disk allows."""
        with suppress(OSError):
            self._cut()

    def last(self, count: int) -> tuple[str, ...]:
        """Return the last lines that are not blank, at most `count`, of what was written since `begin`."""
        try:
            with self.path.open("rb") as file:
                end = file.seek(0, 2)
                start = self._from if self._from <= end else 0
                file.seek(max(start, end - _TAIL))
                text = file.read(_TAIL).decode("utf-8", "replace")
        except OSError:
            return ()
        return tuple(line for line in map(str.rstrip, text.splitlines()) if line)[-count:]

    def _cut(self) -> None:
        if self.path.stat().st_size <= self._limit:
            return
        # Copied and emptied, not renamed: whoever writes holds the file open, and appends to whatever is there.
        self._older.unlink(missing_ok=True)
        try:
            shutil.copyfile(self.path, self._older)
        finally:
            with self.path.open("r+b") as file:
                file.truncate(0)


LIFELINE = (sys.executable, "-m", "tradingbot.cli.lifeline")
"""What is run with the descriptors, the grace and the verb; see that module."""

_LONGEST_LINE = 4_096
_NICE = 10


class ProcessSpawner:
    """Start children. Each holds the reading end of one pipe, whose writing end is held here alone.

    The system closes the writing end however this process ends, kill -9 included, and every child sees that: its
    lifeline. `family` is a descriptor that they inherit besides. What they write goes to a file of their name in
    `logs`; of a dashboard only standard error, its standard output is `put` as `OutputLine`. An end is
    `put` as `ProcessEnded`.
    """

    def __init__(
        self,
        logs: Path,
        family: int,
        grace_s: float,
        put: Callable[[SupervisorEvent], None],
        command: tuple[str, ...] = LIFELINE,
    ) -> None:
        self._logs, self._family, self._put = logs, family, put
        # Neither end is inherited unless asked for, and only the reading end is.
        self._reading, self._writing = os.pipe()
        self._command = [*command, str(self._reading), str(family), f"{grace_s:g}"]

    def log(self, name: str) -> LogFile:
        """Return the file that takes what the process of that name writes."""
        return LogFile(self._logs / f"{name}.log")

    def start(self, spec: ProcessSpec, log: LogFile) -> ChildProcess:
        """Start a process; OSError when the system or the disk does not allow it."""
        log.begin()
        with log.path.open("ab") as file:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [*self._command, *spec.words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if spec.kind is Kind.DASHBOARD else file,
                stderr=file,
                pass_fds=(self._reading, self._family),
                # Ctrl-C is for the supervisor alone, which then asks them in its own way.
                process_group=0,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )
        if spec.kind is Kind.PARITY:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        try:
            return ChildProcess(spec.name, process, self._put)
        except RuntimeError as error:  # no thread could be started to wait for it
            process.kill()
            process.wait()
            raise OSError(str(error)) from error

    def close(self) -> None:
        """Let go of every child that is still there: their lifelines end."""
        os.close(self._writing)
        os.close(self._reading)


class ChildProcess:
    """A running process; `began` is when it was started, in seconds of the monotonic clock."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], put: Callable[[SupervisorEvent], None]) -> None:
        self.name = name
        self.pid = process.pid
        self.began = time.monotonic()
        self._process = process
        self._put = put
        self._start(self._wait, "end")
        if process.stdout is not None:
            self._start(lambda: self._listen(process.stdout), "words")

    def ask(self) -> None:
        """Ask it to stop."""
        self._signal(os.kill, signal.SIGTERM)

    def kill(self) -> None:
        """End it and what it started, at once."""
        self._signal(os.killpg, signal.SIGKILL)

    def reap(self) -> int:
        """Return the exit code, minus a signal's number where one ended it, of a child whose end was heard."""
        self.kill()  # what it left behind; its own number is taken until the next line
        return self._process.wait()

    def _signal(self, send: Callable[[int, int], None], number: signal.Signals) -> None:
        # It is not reaped before its end was heard, so the number cannot be somebody else's by now.
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):  # macOS answers so where all have ended
                send(self.pid, number)

    def _start(self, work: Callable[[], None], what: str) -> None:
        threading.Thread(target=work, name=f"{self.name} {what}", daemon=True).start()

    def _wait(self) -> None:
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        self._put(ProcessEnded(self))

    def _listen(self, words: IO[bytes] | None) -> None:
        if words is None:
            return
        with words:
            while line := words.readline(_LONGEST_LINE):
                if text := line.decode("utf-8", "replace").rstrip():
                    self._put(OutputLine(self.name, text))
