# file: core/supervisor/book.py
"""Say what happens, to whoever looks on and to the journal, in one place."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from tradingbot.core.messages.processview import Disarmed, Process, ProcessEvent
from tradingbot.core.supervisor.journal import Journal
from tradingbot.core.supervisor.spec import ProcessSpec

__all__ = ["Book"]


class Book:
    """`tell` hears every event as it happens; that it cannot, as on a terminal that was closed, harms nobody."""

    def __init__(
        self, journal: Journal, tell: Callable[[ProcessEvent], None], wall: Callable[[], int] = time.time_ns
    ) -> None:
        self.journal = journal
        self.wall = wall
        self._tell = tell

    def event(self, process: str, kind: str, sentence: str) -> None:
        """Tell and keep an event."""
        event = ProcessEvent(self.wall(), process, kind, sentence)
        self.journal.event(event)
        self._told(event)

    def said(self, process: str, line: str) -> None:
        """Tell what a process printed, which may hold a secret and is not kept."""
        self._told(ProcessEvent(self.wall(), process, "said", line))

    def stands(
        self,
        spec: ProcessSpec,
        state: str,
        sentence: str,
        *,
        pid: int = 0,
        restarts: int = 0,
        lines: tuple[str, ...] = (),
    ) -> None:
        """Keep how a process stands from now on."""
        self.journal.process(
            Process(spec.name, spec.kind.value, pid, state, self.wall(), restarts, sentence, spec.lane, lines)
        )

    def disarm(self, spec: ProcessSpec, reason: str) -> None:
        """Leave the lane of a process without live trading, and say so."""
        if spec.lane is None:
            return
        self.journal.disarm(Disarmed(spec.lane, self.wall(), spec.name, reason))
        self.event(spec.name, "disarmed", f"{spec.lane} is disarmed for live: {reason}")

    def _told(self, event: ProcessEvent) -> None:
        with suppress(OSError, ValueError):  # ValueError: the stream was closed
            self._tell(event)
