# file: core/runtime/supervisor/managedprocess.py
"""Managed process: one process through all its starts, with the restart policy (back-off, crash loop, no restart)."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from tradingbot.core.config.runtime import SupervisorConfig
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed
from tradingbot.core.runtime.supervisor.eventlog import EventLog
from tradingbot.core.runtime.supervisor.processes import ChildProcess, Kind, ProcessSpawner, ProcessSpec

_FINAL = frozenset({BadInput.exit_code, PolicyRefused.exit_code})


@dataclass(frozen=True, slots=True)
class Completed:
    """It ended as it should."""


@dataclass(frozen=True, slots=True)
class Restart:
    """It crashed and is started again after `wait_s` seconds."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It is not started again: for being in a crash loop, or because the next start could only end the same way."""

    crash_loop: bool


type RestartDecision = Completed | Restart | GiveUp


class RestartPolicy:
    """The memory of one process's crashes; times are seconds of any clock that only goes forward."""

    def __init__(self, kind: Kind, limits: SupervisorConfig) -> None:
        self._kind = kind
        self._limits = limits
        self._crashes: deque[float] = deque(maxlen=limits.crashes)
        self._row = 0

    def ended(self, code: int, began: float, now: float) -> RestartDecision:
        """Return what follows from an end with exit code `code` (minus the signal's number where one ended it).

        A bad config and a refusal are never tried again. A dashboard has no end of its own, so each is a crash. A
        comparison runs once, whatever comes of it. A feed is started again whatever happens, in a crash loop at the
        longest wait: nodes wait for it, and what ended it may be the venue's, or put right meanwhile.
        """
        if self._kind is Kind.PARITY or (code == 0 and self._kind is Kind.PAPER):
            return Completed()
        feed = self._kind is Kind.FEED
        if code in _FINAL:
            return Restart(self._limits.longest_wait_s) if feed else GiveUp(crash_loop=False)
        if now - began >= self._limits.within_s:
            self._row = 0
        self._row += 1
        self._crashes.append(now)
        full = len(self._crashes) == self._limits.crashes
        # A venue may be away for hours, and a feed is all that notices when it is back.
        if full and now - self._crashes[0] <= self._limits.within_s and not feed:
            return GiveUp(crash_loop=True)
        return Restart(self._limits.wait_s(self._row))


_LINES = 20
_CODES = {BadInput.exit_code: "bad input", PolicyRefused.exit_code: "refused", RunFailed.exit_code: "failed"}
_PARITY = {0: "parity_equal", PolicyRefused.exit_code: "parity_different"}


class ManagedProcess:
    """`due` is when it is to be started, `until` when it is to be ended: seconds of `clock`, None for never."""

    def __init__(
        self,
        spec: ProcessSpec,
        limits: SupervisorConfig,
        spawner: ProcessSpawner,
        events: EventLog,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.spec = spec
        self.due: float | None = clock()
        self.until: float | None = None
        self.child: ChildProcess | None = None
        self._limits, self._spawner, self._events, self._clock = limits, spawner, events, clock
        self._restarts = RestartPolicy(spec.kind, limits)
        self._log = spawner.log(spec.name)
        self._starts = 0
        self._asked = False

    @property
    def over(self) -> bool:
        """Whether it neither runs nor is to be started."""
        return self.child is None and self.due is None

    def start(self) -> None:
        """Start it; a start that the system does not allow is a crash."""
        self.due, began = None, self._clock()
        self._starts += 1
        try:
            self.child = self._spawner.start(self.spec, self._log)
        except OSError as error:
            self._judge(RunFailed.exit_code, began, f"it could not be started: {error}", ())
            return
        if self.spec.kind is Kind.PARITY:
            self.until = began + self._limits.parity_limit_s
        again = f", start number {self._starts}" if self._starts > 1 else ""
        self._events.event(self.spec.name, "restarted" if again else "started", f"process {self.child.pid}{again}")
        self._stands("running", "")

    def stop(self) -> None:
        """Ask it to stop; one that waits to be started is not."""
        if self.child is not None:
            self._asked = True
            self.child.ask()
        elif self.due is not None:
            self._stands("stopped", "it was waiting to be started")
        self.due = None

    def kill(self, why: str) -> None:
        """End it at once, and say why."""
        self.until = None
        if self.child is not None:
            self._events.event(self.spec.name, "killed", why)
            self.child.kill()

    def tend(self) -> None:
        """Keep what it writes to its limit."""
        self._log.tend()

    def ended(self) -> None:
        """Take note that the child has ended, and decide what follows."""
        if self.child is None:
            return
        child, code, lines = self.child, self.child.reap(), self._log.last(_LINES)
        self.child = self.until = None
        how = f"{_ending(code)} after {self._clock() - child.began:.1f} s"
        if self._asked:
            self._stands("stopped", how)
            self._events.event(self.spec.name, "stopped", how)
        else:
            reason = ": its data ended" if (code, self.spec.kind) == (0, Kind.PAPER) else _quoted(lines)
            self._judge(code, child.began, f"{how}{reason}", lines)

    def _judge(self, code: int, began: float, how: str, lines: tuple[str, ...]) -> None:
        now = self._clock()
        match self._restarts.ended(code, began, now):
            case Completed():
                kind = _PARITY.get(code, "parity_failed") if self.spec.kind is Kind.PARITY else "done"
                self._stands("done", how)
                self._events.event(self.spec.name, kind, how)
            case Restart(wait_s):
                self.due = now + wait_s
                self._stands("waiting", how, lines)
                self._events.event(self.spec.name, "crashed", f"{how}; it is started again in {wait_s:g} s")
            case GiveUp(crash_loop):
                loop = f"it crashed {self._limits.crashes} times within {self._limits.within_s:g} s, the last time "
                sentence = f"{loop if crash_loop else ''}{how}"
                self._stands("given_up", sentence, lines)
                self._events.event(self.spec.name, "given_up", sentence)
                if crash_loop:
                    self._events.disarm(self.spec, f"{self.spec.name} is given up: {sentence}")

    def _stands(self, state: str, sentence: str, lines: tuple[str, ...] = ()) -> None:
        pid = 0 if self.child is None else self.child.pid
        self._events.stands(self.spec, state, sentence, pid=pid, restarts=max(self._starts - 1, 0), lines=lines)


def _ending(code: int) -> str:
    if code < 0:
        known = -code in signal.valid_signals()
        return f"ended by {signal.Signals(-code).name}" if known else f"ended by signal {-code}"
    return f"ended with exit code {code}{f' ({_CODES[code]})' if code in _CODES else ''}"


def _quoted(lines: tuple[str, ...]) -> str:
    # Wrong usage is told in a frame, whose last line says nothing.
    words = [text for line in lines if any(map(str.isalnum, text := line.strip(" │")))]
    return f": {words[-1].removeprefix('tradingbot: ')}" if words else ""
