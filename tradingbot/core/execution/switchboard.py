# file: core/execution/switchboard.py
"""Kill and resume a lane while it runs: the latch first, everything else afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.execution.record import Record
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.risk.watch import Closed, Watch
from tradingbot.core.switches.latch import KillLatch

__all__ = ["Leaver", "Switchboard"]


class Leaver(Protocol):
    """What must leave its positions when the lane is killed: a strategy."""

    def wind_down(self) -> None:
        """Cancel what would enter, leave what is profitable, keep the guards of the rest."""


class Switchboard:
    """The kill switch of one lane inside a run.

    A kill sets the latch, which the desk and the GATE read before every entry, then asks for the wind-down as the next
    thing that happens. Each closed trade is shown to the watches; the first that objects kills the lane. Where nobody
    is there to resume it (`automatic` false: a backtest that does not drill this) it only notes that it would have.
    """

    def __init__(
        self,
        latch: KillLatch,
        watches: Sequence[Watch],
        automatic: bool,
        record: Record,
        soon: Callable[[Callable[[], None]], None],
    ) -> None:
        self.now: Callable[[], int] = lambda: 0
        self.leavers: Sequence[Leaver] = ()
        self._latch = latch
        self._watches = watches
        self._automatic = automatic
        self._record = record
        self._soon = soon

    def kill(self, reason: str, by: str, cause: str) -> None:
        """Kill the lane; killing a killed lane changes nothing but the history."""
        self._latch.kill(reason=reason, by=by, cause=cause)
        self._record.happened("kill", f"killed by {by}: {reason}", self.now())
        self._soon(self._wind_down)

    def resume(self, operator: str, reason: str) -> None:
        """Let the lane enter again; every watch starts over. What the latch refuses is noted, and nothing changes."""
        try:
            self._latch.resume(operator=operator, reason=reason)
        except PolicyRefused as refused:
            self._record.happened("resume refused", str(refused), self.now())
            return
        self._restart()
        self._record.happened("resume", f"resumed by {operator}: {reason}", self.now())

    def closed(self, trade: Trade, day: int) -> None:
        """Show a closed trade to the watches; `day` is the end of the lane's day it lies in."""
        seen = Closed(self.now(), trade.pnl, self._record.equity(), day)
        found = [(reason, watch.cause) for watch in self._watches if (reason := watch.see(seen))]
        if not found or self._latch.read() is not None:
            return
        reason, cause = found[0]
        if self._automatic:
            self.kill(reason, "the lane's own watch", cause)
            return
        self._record.happened("alarm", f"{reason}: this would kill the lane", self.now())
        self._restart()

    def _restart(self) -> None:
        equity = self._record.equity()
        for watch in self._watches:
            watch.restart(equity)

    def _wind_down(self) -> None:
        if self._latch.read() is None:
            return
        for leaver in self.leavers:
            leaver.wind_down()
