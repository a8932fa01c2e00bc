# file: tests/core/runtime/supervisor/supervisorfixture.py
"""The other end of the puppets' strings, and a supervisor that watches them in a thread of the test."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tradingbot.core.config.runtime import SupervisorConfig
from tradingbot.core.lane import Lane
from tradingbot.core.messages.processview import ProcessEvent
from tradingbot.core.runtime.supervisor.eventlog import EventLog, SupervisorStore
from tradingbot.core.runtime.supervisor.processes import (
    Kind,
    ProcessSpawner,
    ProcessSpec,
    StopRequested,
    SupervisorEvent,
)
from tradingbot.core.runtime.supervisor.reader import DATABASE
from tradingbot.core.runtime.supervisor.supervisor import Supervisor

COMMAND = (sys.executable, str(Path(__file__).with_name("scriptedprocess.py")))
PATIENCE_S = 30


class Puppet:
    """A process that called: its number, its words, and the string it hangs on."""

    def __init__(self, wire: socket.socket) -> None:
        wire.settimeout(PATIENCE_S)
        self._wire = wire
        self._file = wire.makefile(encoding="utf-8")
        pid, *self.words = self._file.readline().split()
        self.pid = int(pid)
        self.name = self.words[0]

    def tell(self, *orders: str) -> None:
        self._wire.sendall("".join(f"{order}\n" for order in orders).encode())

    def gone(self) -> bool:
        """Wait until the process has ended."""
        return not self._file.read()

    def close(self) -> None:
        self._file.close()
        self._wire.close()


class Strings:
    """Where puppets call; set `PUPPETS` to `port` for them."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(PATIENCE_S)
        self.port = str(self._socket.getsockname()[1])
        self._met: list[Puppet] = []

    def meet(self, count: int = 1) -> list[Puppet]:
        """Wait for so many puppets, and return them by name."""
        met = [Puppet(self._socket.accept()[0]) for _ in range(count)]
        self._met += met
        return sorted(met, key=lambda puppet: puppet.name)

    def close(self) -> None:
        for puppet in self._met:
            puppet.close()
        self._socket.close()


@contextmanager
def strings() -> Iterator[Strings]:
    found, before = Strings(), os.environ.get("PUPPETS")
    os.environ["PUPPETS"] = found.port
    try:
        yield found
    finally:
        found.close()
        os.environ.pop("PUPPETS") if before is None else os.environ.update(PUPPETS=before)


def paper(name: str, *manner: str, lane: Lane | None = Lane.FOREX) -> ProcessSpec:
    return ProcessSpec(name, (name, *manner), Kind.PAPER, lane)


class Watching:
    """A supervisor in a thread, and what it told so far."""

    def __init__(
        self,
        home: Path,
        *specs: ProcessSpec,
        command: tuple[str, ...] = COMMAND,
        wall: Callable[[], int] = time.time_ns,
        **limits: Any,
    ) -> None:
        (home / "state").mkdir(exist_ok=True)
        self.home = home
        self.messages: SimpleQueue[SupervisorEvent] = SimpleQueue()
        self.warned: list[str] = []
        self._events: SimpleQueue[ProcessEvent] = SimpleQueue()
        config = SupervisorConfig(**({"first_wait_s": 0.01, "longest_wait_s": 0.02, "parity_at": ""} | limits))
        log = EventLog(SupervisorStore(home / DATABASE, self.warned.append), self._events.put, wall)
        self._family = os.open(home / "family", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
        self._spawner = ProcessSpawner(home / "logs", self._family, config.grace_s, self.messages.put, command)
        self._supervisor = Supervisor(specs, config, self._spawner, log, self.messages)
        self._thread = threading.Thread(target=self._supervisor.run)

    def __enter__(self) -> Watching:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for _ in range(2):
            self.messages.put(StopRequested("the test", urgent=True))
        self._thread.join(PATIENCE_S)
        self._spawner.close()
        os.close(self._family)
        assert not self._thread.is_alive()

    def until(self, kind: str, process: str = "") -> ProcessEvent:
        """Wait for the next event of a kind, of that process where one is named."""
        while True:
            event = self._events.get(timeout=PATIENCE_S)
            if event.kind == kind and process in ("", event.process):
                return event

    def stop(self) -> None:
        self.messages.put(StopRequested("the test"))

    def ended(self) -> None:
        """Wait until the supervisor has returned."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    def end(self) -> None:
        self.stop()
        self.ended()
