# file: core/execution/killswitch.py
"""Kill switch of one lane inside a run: the latch first, then the kill triggers and the kill exit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.switches.killlatch import KillLatch
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.risk.killtriggers import KillTrigger
from tradingbot.core.stateful import Stateful


class KillSwitch(Stateful):
    """The kill switch of one lane inside a run.

    A kill sets the latch, which the desk and the GATE read before every entry, then asks for the wind-down as the next
    thing that happens. Each closed trade, and equity after it and at every bar, is shown to the triggers; the first
    that objects kills the lane. Where nobody is there to resume it (`automatic` false: a backtest that does not drill
    this) it only notes that it would have. `day_of` names the lane's trading day of a moment; `leave` has every
    strategy leave its positions: what would enter is cancelled, what is profitable left, the rest stays guarded.
    """

    state_names = ("_triggers", "_marked")

    def __init__(
        self,
        latch: KillLatch,
        triggers: Sequence[KillTrigger],
        automatic: bool,
        record: Record,
        soon: Callable[[Callable[[], None]], None],
        day_of: Callable[[int], int],
        now: Callable[[], int],
        leave: Callable[[], None],
    ) -> None:
        self._latch = latch
        self._triggers = triggers
        self._automatic = automatic
        self._record = record
        self._soon = soon
        self._day_of, self._now, self._leave = day_of, now, leave
        self._marked = 0

    @property
    def marks(self) -> bool:
        """Whether a trigger looks at equity: only then are bars of interest."""
        return any(trigger.marks for trigger in self._triggers)

    def kill(self, reason: str, by: str, cause: str) -> None:
        """Kill the lane; killing a killed lane changes nothing but the history."""
        self._latch.kill(reason=reason, by=by, cause=cause)
        self._record.happened("kill", f"killed by {by}: {reason}", self._now())
        self._soon(self._wind_down)

    def resume(self, operator: str, reason: str) -> None:
        """Let the lane enter again; every watch starts over. What the latch refuses is noted, and nothing changes."""
        try:
            self._latch.resume(operator=operator, reason=reason)
        except PolicyRefused as refused:
            self._record.happened("resume refused", str(refused), self._now())
            return
        self._restart()
        self._record.happened("resume", f"resumed by {operator}: {reason}", self._now())

    def closed(self, trade: Trade) -> None:
        """Show a closed trade, and the equity after it, to the triggers."""
        self._act([(trigger.cause, trigger.trade(trade.pnl)) for trigger in self._triggers])
        self._mark()

    def marked(self) -> None:
        """Show the triggers what the lane is worth now that a bar has closed, before any strategy acts on it."""
        now = self._now()
        if now != self._marked and self._record.positions():
            self._marked = now
            self._mark()

    def transferred(self, before: Decimal, after: Decimal) -> None:
        """Tell the triggers that money came in or left: no trade made or lost it."""
        for trigger in self._triggers:
            trigger.transferred(before, after)

    def _mark(self) -> None:
        if not self.marks:
            return
        # What is known when a bar closes belongs to the day that this moment ends.
        equity, day = self._record.equity(), self._day_of(self._now() - 1)
        self._act([(trigger.cause, trigger.mark(equity, day)) for trigger in self._triggers])

    def _act(self, said: Sequence[tuple[str, str | None]]) -> None:
        reasons = [(cause, reason) for cause, reason in said if reason is not None]
        if not reasons or self._latch.read() is not None:
            return
        cause, reason = reasons[0]
        if self._automatic:
            self.kill(reason, "the lane's own watch", cause)
            return
        self._record.happened("alarm", f"{reason}: this would kill the lane", self._now())
        self._restart()

    def _restart(self) -> None:
        equity = self._record.equity()
        for trigger in self._triggers:
            trigger.restart(equity)

    def _wind_down(self) -> None:
        if self._latch.read() is not None:
            self._leave()
