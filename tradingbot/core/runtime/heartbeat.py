# file: core/runtime/heartbeat.py
"""Heartbeat: a node's sign of life, written by a thread that also sees kills, stalls and clock jumps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tradingbot.core.errors import RunFailed, TradingbotError
from tradingbot.core.execution.switches.killed import Killed
from tradingbot.core.execution.switches.killlatch import KillLatch
from tradingbot.core.runtime.statefile import Outbox, Rows, StateFile

_LOOK_S = 0.02
_BEAT_S = 1.0
_JUMP_S = 2.0


@dataclass(frozen=True, slots=True)
class NodeProgress:
    """Where the node's loop is: bars so far, the market's time (UTC ns), and whether it only repeats its past.

    `idle_s` is how long it has been waiting for data that is due, 0 while nothing is.
    """

    bars: int
    ts: int
    catching_up: bool
    idle_s: float


class Heartbeat:
    """A thread that writes the heartbeat once a second, and beside it what it sees.

    It is no part of the loop: a loop that hangs still has a heartbeat, which says so. `look` tells where the loop is,
    `trouble` is called when it must end: the state file cannot be written, or it broke off itself. A node that nobody
    watches must not go on, so it asks `check` at each bar. `last` is the number of the last row of `switches`.
    """

    def __init__(
        self,
        file: StateFile,
        outbox: Outbox,
        latch: KillLatch,
        look: Callable[[], NodeProgress],
        trouble: Callable[[], None],
        *,
        stall_s: float,
        last: int = 0,
    ) -> None:
        self._file, self._outbox, self._latch = file, outbox, latch
        self._look, self._trouble = look, trouble
        self._stall_s = stall_s
        self._switched = last
        self._killed: Killed | None = None
        self._state = "starting"
        self._ended = threading.Event()
        self._failed: Exception | None = None
        self._clock = time.time() - time.monotonic()
        self._beat = 0.0
        self._thread = threading.Thread(target=self._work, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin; the first heartbeat is written at once."""
        self._thread.start()

    def check(self) -> None:
        """Raise RunFailed, or the error it broke off by, when the thread has ended."""
        failed = self._failed
        if isinstance(failed, TradingbotError):
            raise failed
        if failed is not None:
            raise RunFailed(f"the heartbeat broke off by {type(failed).__name__}: {failed}") from failed

    def stop(self, state: str, sentence: str) -> None:
        """End, and write how the node ended, or that it is `starting` once more."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        seen = self._look()
        quiet = state in ("finished", "starting")
        news = [] if quiet else [self._outbox.of(seen.ts, state, sentence or f"the node was {state}")]
        self._file.write([self._heartbeat(seen, state, sentence), *news])

    def _work(self) -> None:
        try:
            while True:
                self._once()
                if self._ended.wait(_LOOK_S):
                    return
        except Exception as error:  # noqa: BLE001 - it is raised where the node hears it
            self._failed = error
            self._trouble()

    def _once(self) -> None:
        seen, was = self._look(), self._state
        batch = [*self._switches(seen), *self._jump(seen), *self._stall(seen)]
        now = time.monotonic()
        if batch or self._state != was or now - self._beat >= _BEAT_S:
            self._beat = now
            sentence = f"no data for {seen.idle_s:.0f} s" if self._state == "stalled" else ""
            self._file.write([*batch, self._heartbeat(seen, self._state, sentence)])

    def _switches(self, seen: NodeProgress) -> list[Rows]:
        killed = self._latch.read()
        if killed == self._killed:
            return []
        self._killed = killed
        self._switched += 1
        who, why = (killed.by, killed.reason) if killed else ("", "")
        row = (self._switched, time.time_ns(), seen.ts, int(killed is not None), who, why)
        by, lane = f" by {who}" if who else "", self._latch.lane
        news = ("lane resumed", f"the {lane} lane is resumed")
        if killed:
            news = ("lane killed", f"the {lane} lane is killed{by}: {why}; paper goes on")
        return [("switches", [row]), self._outbox.of(seen.ts, *news)]

    def _jump(self, seen: NodeProgress) -> list[Rows]:
        ahead = time.time() - time.monotonic()
        jumped, self._clock = ahead - self._clock, ahead
        if abs(jumped) < _JUMP_S:
            return []
        sentence = f"the machine's clock jumped by {jumped:+.1f} s; the node goes by the market's time"
        return [self._outbox.of(seen.ts, "clock", sentence)]

    def _stall(self, seen: NodeProgress) -> list[Rows]:
        was = self._state
        if seen.idle_s >= self._stall_s:
            self._state = "stalled"
        else:
            self._state = "starting" if not seen.bars else "catching_up" if seen.catching_up else "running"
        if (self._state == "stalled") == (was == "stalled"):
            return []
        stalled = f"no data for {seen.idle_s:.0f} s though some is due"
        return [self._outbox.of(seen.ts, "stall", stalled if self._state == "stalled" else "data comes again")]

    def _heartbeat(self, seen: NodeProgress, state: str, sentence: str) -> Rows:
        return "heartbeat", [(1, time.time_ns(), seen.ts, seen.bars, state, sentence)]
