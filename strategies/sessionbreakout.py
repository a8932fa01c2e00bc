# file: strategies/sessionbreakout.py
"""Session breakout: follow the London morning out of the range of the night before it."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple, Self

from nautilus_trader.indicators import AverageTrueRange, MovingAverageType
from pydantic import Field, model_validator

from strategies.signals.wallclock import WallClock
from tradingbot.strategy import Indicator, LaneStrategy, Side, StrategyParams, ZoneName

_DAY = 1440
_FRIDAY, _LAST_CALL = 4, 16 * 60


class Plan(NamedTuple):
    """A session: `start` in minutes of the local day, the ends of its parts in minutes after that."""

    start: int
    range: int
    entry: int
    exit: int


class SessionBreakoutParams(StrategyParams):
    """When night and morning are, and what counts as leaving the range.

    Times are read on the clock of `zone`, with its summer time, and follow each other within 24 hours; a night may
    begin before midnight. A bar belongs to the part in which it closes. `buffer` is how far beyond the range a close
    must lie, a share of the range's height. The stop lies at the other side of the range or, where `stop_ranges` is
    given, that many average true ranges of `range_bars` bars away; never farther than `max_stop_pct`, a fraction of the
    price.
    """

    zone: ZoneName = "Europe/London"
    range_start: dt.time = dt.time(0)
    range_end: dt.time = dt.time(8)
    entry_until: dt.time = dt.time(11)
    exit_at: dt.time = dt.time(16)
    buffer: float = Field(default=0.1, ge=0, le=5)
    stop_ranges: float | None = Field(default=None, gt=0, le=100)
    range_bars: int = Field(default=48, ge=2, le=20_000)
    max_stop_pct: float = Field(default=0.02, gt=0, le=0.15)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        plan = self.plan
        if not 0 < plan.range < plan.entry <= plan.exit:
            raise ValueError("range_start, range_end, entry_until and exit_at must follow each other within 24 hours")
        return self

    @property
    def plan(self) -> Plan:
        start, *ends = (
            each.hour * 60 + each.minute for each in (self.range_start, self.range_end, self.entry_until, self.exit_at)
        )
        return Plan(start, *((end - start) % _DAY for end in ends))


class _Watch:
    """One pair: the session under way, its range and the first and last minute seen of it, whether it has broken."""

    def __init__(self, range_bars: int) -> None:
        self.atr = Indicator(AverageTrueRange, range_bars, MovingAverageType.Wilder)
        self.begin(-1)

    def begin(self, session: int) -> None:
        self.session = session
        self.high, self.low = -float("inf"), float("inf")
        self.first = self.last = 0
        self.broken = False

    def see(self, minute: int, high: float, low: float) -> None:
        self.high, self.low = max(self.high, high), min(self.low, low)
        self.first, self.last = self.first or minute, minute


class SessionBreakout(LaneStrategy):
    """Buy the first close above the night's range in the London morning, sell the first below it; leave by the evening.

    The idea: while London sleeps few trade and the price wanders between the last orders of one day and the first of
    the next. When its banks open, the day's orders meet those prices for the first time; a morning that leaves the
    range is one in which they are one-sided, and such orders take hours to be filled. The night's other side is where
    that reading is wrong, and the stop.

    It earns on days with a direction, after narrow nights, in the pairs London trades most. It loses on mornings that
    break both sides, after nights already moved by news (the range is wide and the stop far), and wherever the spread
    is a large part of the range. It is known to everybody, and what of it is left in a real market is for a backtest on
    real data to say. One trade a pair and day at most; nothing is held over a night or a weekend: on Fridays all ends
    at 16:00 in New York at the latest.

    Source: T. Crabel, Day Trading with Short Term Price Patterns and Opening Range Breakout, 1990; for why volume and
    volatility arrive with London: T. Ito and Y. Hashimoto, Intraday seasonality in activities of the foreign exchange
    markets, Journal of the Japanese and International Economies 20, 2006.
    """

    params_class = SessionBreakoutParams
    params: SessionBreakoutParams

    def on_start(self) -> None:
        self.plan = self.params.plan
        self.clock_there, self.clock_week = WallClock(self.params.zone), WallClock("America/New_York")
        self.watched = {str(item.id): _Watch(self.params.range_bars) for item in self.context.instruments}

    def on_bar(self, bar: Any) -> None:
        """Measure the night, follow its break in the morning, end with the session."""
        name, ts = str(bar.bar_type.instrument_id), int(bar.ts_event)
        watch, plan = self.watched[name], self.plan
        high, low, close = float(bar.high), float(bar.low), float(bar.close)
        there = self.clock_there.closing(ts)
        session, before = divmod(there.day * _DAY + there.minute - plan.start - 1, _DAY)
        minute = before + 1
        over = session != watch.session or minute >= plan.exit or self._weekend(ts)
        if session != watch.session:
            watch.begin(session)
        watch.atr.update_raw(high, low, close)
        if minute <= plan.range:
            watch.see(minute, high, low)
        if self.holding(name):
            if over:
                self.close(name, "session")
        elif plan.range < minute <= plan.entry and not over and not watch.broken and self._measured(watch):
            self._seek(name, watch, close)

    def _measured(self, watch: _Watch) -> bool:
        # A feed that began, or a market that opened, in the middle of the night shows no range of it.
        ready = self.params.stop_ranges is None or watch.atr.initialized
        return ready and watch.high > watch.low and (watch.last - watch.first) * 2 > self.plan.range

    def _seek(self, name: str, watch: _Watch, close: float) -> None:
        room = self.params.buffer * (watch.high - watch.low)
        if close > watch.high + room:
            side, beyond = Side.LONG, close - watch.low
        elif close < watch.low - room:
            side, beyond = Side.SHORT, watch.high - close
        else:
            return
        watch.broken = True
        if self.params.stop_ranges is not None:
            beyond = self.params.stop_ranges * watch.atr.value
        distance = min(beyond, self.params.max_stop_pct * close)
        self.propose(self.intent(name, side, close, close - side.sign * distance))

    def _weekend(self, ts: int) -> bool:
        there = self.clock_week.closing(ts)
        return there.weekday == _FRIDAY and there.minute >= _LAST_CALL
