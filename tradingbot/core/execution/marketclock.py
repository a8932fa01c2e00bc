# file: core/execution/marketclock.py
"""Market clock: time and alerts by the data's time stamps, for a node that replays."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, NamedTuple

from tradingbot.core.errors import RunFailed


class ClockAlert(NamedTuple):
    """A call that was asked for: when (UTC ns), the number of the request, under which name."""

    ts: int
    number: int
    name: str
    call: Callable[[Any], None]


class MarketClock:
    """Stand at the event the run is at. It offers what the lane layer asks an engine's clock for: the time, and alerts,
    which whoever moves the clock rings. An alert rings before the first event that is later, as in the backtest
    engine."""

    def __init__(self, ts: int = 0) -> None:
        self._ts = ts
        self._alerts: list[ClockAlert] = []
        self._asked = 0

    def __getattr__(self, name: str) -> Any:
        raise RunFailed(f"clock.{name} was asked for, allowed are timestamp_ns and set_time_alert_ns in a replay")

    def timestamp_ns(self) -> int:
        return self._ts

    def set_time_alert_ns(
        self, name: str, alert_time_ns: int, callback: Callable[[Any], None], allow_past: bool = True
    ) -> None:
        """Call `callback` with the alert at `alert_time_ns`; what is past by then is called next. Raises RunFailed when
        the time is past and `allow_past` is false."""
        if alert_time_ns < self._ts and not allow_past:
            raise RunFailed(f"the alert {name} was for {alert_time_ns}, allowed is {self._ts} or later")
        self._asked += 1
        heapq.heappush(self._alerts, ClockAlert(max(alert_time_ns, self._ts), self._asked, name, callback))

    def due(self, before: int) -> ClockAlert | None:
        """Take the next alert that is earlier than `before`, or nothing."""
        return heapq.heappop(self._alerts) if self.rings(before) else None

    def rings(self, before: int) -> bool:
        """Whether an alert is earlier than `before`."""
        return bool(self._alerts) and self._alerts[0].ts < before

    def move(self, ts: int) -> None:
        """Go on to `ts`. Raises RunFailed when that is in the past."""
        if ts < self._ts:
            raise RunFailed(f"the next event was at {ts}, allowed is {self._ts} or later")
        self._ts = ts
