# file: core/supervisor/restarts.py
"""What to do when a process has ended: the rule alone, without clock or process."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from tradingbot.core.config.runtime import SupervisorConfig
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.supervisor.spec import Kind

__all__ = ["Again", "Done", "GivenUp", "Restarts", "Verdict"]

_FINAL = frozenset({BadInput.exit_code, PolicyRefused.exit_code})


@dataclass(frozen=True, slots=True)
class Done:
    """It ended as it should."""


@dataclass(frozen=True, slots=True)
class Again:
    """It crashed and is started again after `wait_s` seconds."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It is not started again: for being in a crash loop, or because the next start could only end the same way."""

    crash_loop: bool


type Verdict = Done | Again | GivenUp


class Restarts:
    """The memory of one process's crashes; times are seconds of any clock that only goes forward."""

    def __init__(self, kind: Kind, limits: SupervisorConfig) -> None:
        self._kind = kind
        self._limits = limits
        self._crashes: deque[float] = deque(maxlen=limits.crashes)
        self._row = 0

    def ended(self, code: int, began: float, now: float) -> Verdict:
        """Return what follows from an end with exit code `code` (minus the signal's number where one ended it).

        A bad config and a refusal are never tried again. A dashboard has no end of its own, so each is a crash. A
        comparison runs once, whatever comes of it.
        """
        if self._kind is Kind.PARITY or (code == 0 and self._kind is Kind.PAPER):
            return Done()
        if code in _FINAL:
            return GivenUp(crash_loop=False)
        if now - began >= self._limits.within_s:
            self._row = 0
        self._row += 1
        self._crashes.append(now)
        full = len(self._crashes) == self._limits.crashes
        if full and now - self._crashes[0] <= self._limits.within_s:
            return GivenUp(crash_loop=True)
        return Again(self._limits.wait_s(self._row))
