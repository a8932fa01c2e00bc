# file: core/execution/seat.py
"""What a strategy is given when it joins a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.risk import Kill
from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.entryfilter import EntryFilter
from tradingbot.core.execution.faults import Faults
from tradingbot.core.execution.lineup import Lineup
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.runclock import RunClock
from tradingbot.core.execution.viewer import Viewer
from tradingbot.core.lane import Lane
from tradingbot.core.risk.desk import Desk
from tradingbot.core.switches.latch import KillLatch

__all__ = ["Seat"]


@dataclass(frozen=True, slots=True)
class Seat:
    """A strategy's place in a lane: its name, instruments (Nautilus) and bar types, and whom it must ask.

    From `until` (ns; 0 = never) on nothing is sent any more: an order at the last bar of a backtest has no next price.
    `leaving` is how profitable positions are left when the lane is killed. The entries of a strategy with an
    `entry_filter` go past it before the desk sees them. `time` is the run's clock where it is not the engine's;
    `heard` is told of each order event once the strategy has followed it; `mark` before a strategy acts on a bar, where
    the lane has a kill trigger that goes by equity.
    """

    name: str
    lane: Lane
    instruments: tuple[Any, ...]
    bar_types: dict[str, Any]
    venue: LaneVenue
    desk: Desk
    viewer: Viewer
    approvals: Approvals
    record: Record
    latch: KillLatch
    leaving: Kill
    faults: Faults
    lineup: Lineup
    until: int = 0
    entry_filter: EntryFilter | None = None
    time: RunClock | None = None
    heard: Callable[[Any], None] | None = None
    mark: Callable[[], None] | None = None

    def over(self, now: int) -> bool:
        """Whether an order sent at `now` would arrive when the run has no next price."""
        return bool(self.until) and now + self.venue.latency_ms * 1_000_000 > self.until
