# file: core/runtime/supervisor/supervisor.py
"""Supervisor: start processes, watch them, end them, and run the daily parity checks; one loop waits for events."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue

from tradingbot.core.config.runtime import SupervisorConfig
from tradingbot.core.runtime.supervisor.eventlog import EventLog
from tradingbot.core.runtime.supervisor.managedprocess import ManagedProcess
from tradingbot.core.runtime.supervisor.processes import (
    Kind,
    OutputLine,
    ProcessEnded,
    ProcessSpawner,
    ProcessSpec,
    StopRequested,
    SupervisorEvent,
    parity_process,
)
from tradingbot.core.time import DAY, HOUR, MINUTE, SECOND


class DailySchedule:
    """The hour `at`: "HH:MM" in UTC, "" for never. All times are UTC nanoseconds.

    `last` is when the last round began or, before the first, when watching did. What was missed is made up for once,
    however many days it was.
    """

    def __init__(self, at: str, last: int) -> None:
        self._at = at
        self._last = last

    def due(self, wall: int) -> bool:
        """Return whether the hour has passed since the last round."""
        return bool(self._at) and self._latest(wall) > self._last

    def began(self, wall: int) -> None:
        """Take note that the round began."""
        self._last = wall

    def wait_s(self, wall: int) -> float:
        """Return the seconds until the hour comes next; for ever where it never does."""
        return (self._latest(wall) + DAY - wall) / SECOND if self._at else float("inf")

    def _latest(self, wall: int) -> int:
        hours, minutes = map(int, self._at.split(":"))
        at = hours * HOUR + minutes * MINUTE
        return (wall - at) // DAY * DAY + at


_TICK_S = 30.0
"""How often logs and the time of the day are looked at; everything else is waited for."""

_LAST_S = 5.0
"""How long an end that nothing can refuse is waited for; a process that hangs in the kernel has its lifeline left."""


class Supervisor:
    """Watch the processes of `specs`; their ends and requests to stop arrive in `messages`, from any thread."""

    def __init__(
        self,
        specs: Sequence[ProcessSpec],
        limits: SupervisorConfig,
        spawner: ProcessSpawner,
        events: EventLog,
        messages: SimpleQueue[SupervisorEvent],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits, self._spawner, self._events, self._messages, self._clock = (
            limits,
            spawner,
            events,
            messages,
            clock,
        )
        self._watched = {spec.name: self._watch(spec) for spec in specs}
        self._nodes = [spec for spec in specs if spec.kind is Kind.PAPER]
        self._round: deque[ProcessSpec] = deque()
        last = events.journal.last_compared()
        if last is None:
            last = events.wall()
            events.journal.compared(last)
        self._nightly = DailySchedule(limits.parity_at, last)
        self._stopping = False
        self._kill_at = self._leave_at = float("inf")

    def run(self) -> None:
        """Return when everything was asked to stop and has, or could not be made to."""
        self._events.event("", "up", f"watching {', '.join(self._watched) or 'nothing'}")
        while not self._over():
            if not self._stopping:
                self._begin_due()
            elif self._clock() >= self._kill_at:
                self._kill_at, self._leave_at = float("inf"), self._clock() + _LAST_S
                for watched in self._each():
                    watched.kill("it was asked to stop and did not")
            self._events.journal.flush()
            self._take_message()
        left = [watched.spec.name for watched in self._each() if watched.child is not None]
        self._events.event("", "down", f"{', '.join(left)} could not be ended" if left else "everything has ended")
        self._events.journal.flush()

    def _take_message(self) -> None:
        try:
            message = self._messages.get(timeout=self._patience())
        except Empty:
            for watched in self._each():
                watched.tend()
            return
        match message:
            case ProcessEnded(child):
                self._watched[child.name].ended()
            case OutputLine(process, line):
                self._events.said(process, line)
            case StopRequested():
                self._stop(message)

    def _begin_due(self) -> None:
        self._begin_round()
        now = self._clock()
        for watched in self._each():
            if watched.due is not None and watched.due <= now:
                watched.start()
            if watched.until is not None and watched.until <= now:
                watched.kill(f"it took longer than the {self._limits.parity_limit_s:g} s it may")

    def _begin_round(self) -> None:
        wall = self._events.wall()
        if self._nodes and self._nightly.due(wall):
            self._nightly.began(wall)
            self._events.journal.compared(wall)
            self._round = deque(map(parity_process, self._nodes))
        if self._round and not any(each.spec.kind is Kind.PARITY and not each.over for each in self._each()):
            spec = self._round.popleft()
            self._watched[spec.name] = self._watch(spec)

    def _stop(self, request: StopRequested) -> None:
        if not self._stopping:
            self._stopping = True
            self._kill_at = self._clock() + self._limits.grace_s
            self._events.event("", "stopping", f"{request.why}: everything has {self._limits.grace_s:g} s to end")
            for watched in self._each():
                watched.stop()
        elif request.urgent:
            self._kill_at = self._clock()

    def _over(self) -> bool:
        ended = all(watched.child is None for watched in self._each())
        return self._stopping and (ended or self._clock() >= self._leave_at)

    def _patience(self) -> float:
        moments = [self._kill_at, self._leave_at]
        moments += [moment for each in self._each() for moment in (each.due, each.until) if moment is not None]
        wait = min(_TICK_S, self._events.journal.retry_s(), self._nightly.wait_s(self._events.wall()))
        return max(0.0, min(wait, min(moments) - self._clock()))

    def _each(self) -> Iterable[ManagedProcess]:
        return tuple(self._watched.values())

    def _watch(self, spec: ProcessSpec) -> ManagedProcess:
        return ManagedProcess(spec, self._limits, self._spawner, self._events, self._clock)
