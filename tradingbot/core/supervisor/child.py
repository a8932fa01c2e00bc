# file: core/supervisor/child.py
"""Start processes that cannot outlive the one that started them, and hear of their ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from tradingbot.core.supervisor.hearing import Ended, Heard, Said
from tradingbot.core.supervisor.logfile import LogFile
from tradingbot.core.supervisor.spec import Kind, ProcessSpec

__all__ = ["LIFELINE", "Child", "Nursery"]

LIFELINE = (sys.executable, "-m", "tradingbot.lifeline")
"""What is run with the descriptors, the grace and the verb; see that module."""

_LONGEST_LINE = 4_096
_NICE = 10


class Nursery:
    """Start children. Each holds the reading end of one pipe, whose writing end is held here alone.

    The system closes the writing end however this process ends, kill -9 included, and every child sees that: its
    lifeline. `family` is a descriptor that they inherit besides. What they write goes to a file of their name in
    `logs`; of a dashboard only standard error, its standard output is `put` as `Said`. An end is `put` as `Ended`.
    """

    def __init__(
        self,
        logs: Path,
        family: int,
        grace_s: float,
        put: Callable[[Heard], None],
        command: tuple[str, ...] = LIFELINE,
    ) -> None:
        self._logs, self._family, self._put = logs, family, put
        # Neither end is inherited unless asked for, and only the reading end is.
        self._reading, self._writing = os.pipe()
        self._command = [*command, str(self._reading), str(family), f"{grace_s:g}"]

    def log(self, name: str) -> LogFile:
        """Return the file that takes what the process of that name writes."""
        return LogFile(self._logs / f"{name}.log")

    def start(self, spec: ProcessSpec, log: LogFile) -> Child:
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
            return Child(spec.name, process, self._put)
        except RuntimeError as error:  # no thread could be started to wait for it
            process.kill()
            process.wait()
            raise OSError(str(error)) from error

    def close(self) -> None:
        """Let go of every child that is still there: their lifelines end."""
        os.close(self._writing)
        os.close(self._reading)


class Child:
    """A running process; `began` is when it was started, in seconds of the monotonic clock."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], put: Callable[[Heard], None]) -> None:
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
        self._put(Ended(self))

    def _listen(self, words: IO[bytes] | None) -> None:
        if words is None:
            return
        with words:
            while line := words.readline(_LONGEST_LINE):
                if text := line.decode("utf-8", "replace").rstrip():
                    self._put(Said(self.name, text))
