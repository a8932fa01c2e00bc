# file: core/supervisor/supervisor.py
"""Start processes, watch them, and end them: one loop that waits for what it is told and for what is due."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue

from tradingbot.core.config.runtime import SupervisorConfig
from tradingbot.core.supervisor.book import Book
from tradingbot.core.supervisor.child import Nursery
from tradingbot.core.supervisor.hearing import Ended, Heard, Said, Stop
from tradingbot.core.supervisor.nightly import Nightly
from tradingbot.core.supervisor.spec import Kind, ProcessSpec, parity_of
from tradingbot.core.supervisor.watched import Watched

__all__ = ["Supervisor"]

_TICK_S = 30.0
"""How often logs and the time of the day are looked at; everything else is waited for."""

_LAST_S = 5.0
"""How long an end that nothing can refuse is waited for; a process that hangs in the kernel has its lifeline left."""


class Supervisor:
    """Watch the processes of `specs`; `heard` is where their ends and the wish to stop arrive, from any thread."""

    def __init__(
        self,
        specs: Sequence[ProcessSpec],
        limits: SupervisorConfig,
        nursery: Nursery,
        book: Book,
        heard: SimpleQueue[Heard],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits, self._nursery, self._book, self._heard, self._clock = limits, nursery, book, heard, clock
        self._watched = {spec.name: self._watch(spec) for spec in specs}
        self._nodes = [spec for spec in specs if spec.kind is Kind.PAPER]
        self._round: deque[ProcessSpec] = deque()
        self._nightly = self._since()
        self._stopping = False
        self._kill_at = self._leave_at = float("inf")

    def run(self) -> None:
        """Return when everything was asked to stop and has, or could not be made to."""
        self._book.event("", "up", f"watching {', '.join(self._watched) or 'nothing'}")
        while not self._over():
            if self._stopping:
                self._press()
            else:
                self._begin_due()
            self._book.journal.flush()
            self._hear()
        self._book.event("", "down", self._left())
        self._book.journal.flush()

    def _hear(self) -> None:
        try:
            message = self._heard.get(timeout=self._patience())
        except Empty:
            self._tend()
            return
        match message:
            case Ended(child):
                self._watched[child.name].ended()
            case Said(process, line):
                self._book.said(process, line)
            case Stop():
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
        """Begin the daily comparisons when they are due, one after another."""
        wall = self._book.wall()
        if self._nodes and self._nightly.due(wall):
            self._nightly.began(wall)
            self._book.journal.compared(wall)
            self._round = deque(map(parity_of, self._nodes))
        if self._round and not any(each.spec.kind is Kind.PARITY and not each.over for each in self._each()):
            spec = self._round.popleft()
            self._watched[spec.name] = self._watch(spec)

    def _stop(self, wish: Stop) -> None:
        if not self._stopping:
            self._stopping = True
            self._kill_at = self._clock() + self._limits.grace_s
            self._book.event("", "stopping", f"{wish.why}: everything has {self._limits.grace_s:g} s to end")
            for watched in self._each():
                watched.stop()
        elif wish.urgent:
            self._kill_at = self._clock()

    def _press(self) -> None:
        if self._clock() < self._kill_at:
            return
        self._kill_at, self._leave_at = float("inf"), self._clock() + _LAST_S
        for watched in self._each():
            watched.kill("it was asked to stop and did not")

    def _over(self) -> bool:
        ended = all(watched.child is None for watched in self._each())
        return self._stopping and (ended or self._clock() >= self._leave_at)

    def _left(self) -> str:
        left = [watched.spec.name for watched in self._each() if watched.child is not None]
        return f"{', '.join(left)} could not be ended" if left else "everything has ended"

    def _patience(self) -> float:
        moments = [self._kill_at, self._leave_at]
        moments += [moment for each in self._each() for moment in (each.due, each.until) if moment is not None]
        wait = min(_TICK_S, self._book.journal.retry_s(), self._nightly.wait_s(self._book.wall()))
        return max(0.0, min(wait, min(moments) - self._clock()))

    def _tend(self) -> None:
        for watched in self._each():
            watched.tend()

    def _each(self) -> Iterable[Watched]:
        return tuple(self._watched.values())

    def _watch(self, spec: ProcessSpec) -> Watched:
        return Watched(spec, self._limits, self._nursery, self._book, self._clock)

    def _since(self) -> Nightly:
        last = self._book.journal.last_compared()
        if last is None:
            last = self._book.wall()
            self._book.journal.compared(last)
        return Nightly(self._limits.parity_at, last)
