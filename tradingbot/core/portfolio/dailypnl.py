# file: core/portfolio/dailypnl.py
"""Daily realised P&L: what trades closed since the lane's trading day began have made, and when that day ends."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from tradingbot.core.stateful import Stateful
from tradingbot.core.time import SECOND


def trading_day_end(ts: int, zone: ZoneInfo, hour: int) -> int:
    """Return the first instant after `ts` at which it is `hour` o'clock in `zone`, UTC nanoseconds."""
    local = dt.datetime.fromtimestamp(ts // SECOND, zone)
    day = local.date() if local.hour < hour else local.date() + dt.timedelta(days=1)
    return int(dt.datetime.combine(day, dt.time(hour), zone).timestamp()) * SECOND


class TradingDays:
    """Name the lane's day that a moment lies in by its end. Looks at the calendar once a day."""

    def __init__(self, zone: str, hour: int) -> None:
        self._zone = ZoneInfo(zone)
        self._hour = hour
        self._since = self._until = 0

    def of(self, ts: int) -> int:
        """Return `day_end` of `ts`."""
        if not self._since <= ts < self._until:
            self._since, self._until = ts, trading_day_end(ts, self._zone, self._hour)
        return self._until


class DailyPnl(Stateful):
    """Sum the pnl of closed trades, costs included, from one day boundary to the next. Times must not go back."""

    state_names = ("_until", "_sum")

    def __init__(self, zone: str, hour: int) -> None:
        self._ends = TradingDays(zone, hour)
        self._until = 0
        self._sum = Decimal(0)

    def add(self, pnl: Decimal, ts: int) -> None:
        self._turn(ts)
        self._sum += pnl

    def at(self, ts: int) -> Decimal:
        self._turn(ts)
        return self._sum

    def _turn(self, ts: int) -> None:
        if ts >= self._until:
            self._until, self._sum = self._ends.of(ts), Decimal(0)
