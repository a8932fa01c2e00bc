# file: core/runtime/heartbeat.py
"""Heartbeat: a node's sign of life, written by a thread that also sees kills, stalls and clock jumps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
        """Go on only while the thread does.

        Raises RunFailed: With what it broke off by.
        """
        if isinstance(self._failed, TradingbotError):
            raise self._failed
        if self._failed is not None:
            said = f"{type(self._failed).__name__}: {self._failed}"
            raise RunFailed(f"the heartbeat broke off by {said}") from self._failed

    def stop(self, state: str, sentence: str) -> None:
        """End, and write how the node ended."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        seen = self._look()
        news = [] if state == "finished" else [self._outbox.of(seen.ts, state, sentence or f"the node was {state}")]
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
        batch = [*self._switches(seen), *self._jump(seen), *self._turn(seen)]
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
        kind = "lane killed" if killed else "lane resumed"
        who, why = (killed.by, killed.reason) if killed else ("", "")
        by = f" by {who}" if who else ""
        lane = self._latch.lane
        sentence = f"the {lane} lane is killed{by}: {why}; paper goes on" if killed else f"the {lane} lane is resumed"
        row: tuple[Any, ...] = (self._switched, time.time_ns(), seen.ts, int(killed is not None), who, why)
        return [("switches", [row]), self._outbox.of(seen.ts, kind, sentence)]

    def _jump(self, seen: NodeProgress) -> list[Rows]:
        ahead = time.time() - time.monotonic()
        jumped, self._clock = ahead - self._clock, ahead
        if abs(jumped) < _JUMP_S:
            return []
        sentence = f"the machine's clock jumped by {jumped:+.1f} s; the node goes by the market's time"
        return [self._outbox.of(seen.ts, "clock", sentence)]

    def _turn(self, seen: NodeProgress) -> list[Rows]:
        """Say when the feed stalls and when it is back."""
        was, self._state = self._state, self._now(seen)
        if self._state == "stalled" and was != "stalled":
            return [self._outbox.of(seen.ts, "stall", f"no data for {seen.idle_s:.0f} s though some is due")]
        if was == "stalled" and self._state != "stalled":
            return [self._outbox.of(seen.ts, "stall", "data comes again")]
        return []

    def _now(self, seen: NodeProgress) -> str:
        if seen.idle_s >= self._stall_s:
            return "stalled"
        if not seen.bars:
            return "starting"
        return "catching_up" if seen.catching_up else "running"

    def _heartbeat(self, seen: NodeProgress, state: str, sentence: str) -> Rows:
        return "heartbeat", [(1, time.time_ns(), seen.ts, seen.bars, state, sentence)]
