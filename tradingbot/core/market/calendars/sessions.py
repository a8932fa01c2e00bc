# file: core/market/calendars/sessions.py
"""Trading sessions: when each market is open, for whole columns of time stamps at once.

A session is a list of half-open stretches of time. `hours` are the stretches in which trading is possible; `due` are
those in which a gap in the data is a defect, which leaves out breaks and holidays that venues keep differently.
Outside 1990-2069 nothing that has hours is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.errors import ConfigError
from tradingbot.core.market.calendars.hours import OpenIntervals, forex_due, forex_hours, offsets, usequity_hours
from tradingbot.core.time import DAY, HOUR


@dataclass(frozen=True, slots=True)
class Session:
    """Answer for one kind of market: is it open, how many bars are missing, which trading day is it.

    `hours` and `due` are None where trading never stops. `rollover_ns` is the local New York time of day at which the
    next trading day begins (None: days are UTC dates).
    """

    name: str
    hours: Callable[[], OpenIntervals] | None = None
    due: Callable[[], OpenIntervals] | None = None
    rollover_ns: int | None = None

    def is_open(self, ts: Ints, step_ns: int = 0) -> BoolArray:
        """Tell whether each stamp lies inside, both edges included.

        With a `step_ns` the stamp closes a bar: then any part of the bar inside counts, so a US equity bar of 5
        minutes stamped 09:30 is outside and one of an hour stamped 10:00 is inside.
        """
        if self.hours is None:
            return np.ones(len(ts), bool)
        opens, closes = self.hours()
        edge = 1 if step_ns else 0
        reached = np.searchsorted(opens, ts - edge, side="right") - 1
        return (reached >= 0) & (ts - step_ns + edge <= closes[np.maximum(reached, 0)])

    def open_between(self, prev_ts: Ints, ts: Ints, step_ns: int) -> Ints:
        """Return how many bars of `step_ns` are missing between each pair of consecutive stamps.

        Counts the stamps `prev_ts + k * step_ns` before `ts` whose whole bar is due; of bars of a day or longer those
        that hold the middle of at least one due stretch. Zero where the pair is out of order.
        """
        between: Ints = np.maximum((ts - prev_ts - 1) // step_ns, 0)
        if self.due is None:
            return between
        rows = np.flatnonzero(between)
        count = _whole if step_ns < DAY else _holding_the_middle
        missing = np.zeros(len(ts), np.int64)
        missing[rows] = count(prev_ts[rows], between[rows], step_ns, self.due())
        return missing

    def day(self, ts: Ints) -> Ints:
        """Return the trading day of each stamp as days since 1970-01-01 of its date.

        A stamp on the edge belongs to the day that ends there: it closes a bar of that day.
        """
        if self.rollover_ns is None:
            return (ts - 1) // DAY
        return (ts + offsets(ts) - 1 - self.rollover_ns) // DAY + (1 if self.rollover_ns else 0)

    def last_close(self, day: int) -> int:
        """Return when trading ends on the last trading day up to and including `day`, in UTC nanoseconds.

        Days are numbered as by `day`. The forex market closes once a week.
        """
        end = (day + 1) * DAY
        if self.hours is None:
            return end
        closes = self.hours().closes
        until = np.searchsorted(closes + offsets(closes), end, side="right")
        return int(closes[max(int(until) - 1, 0)])


CONTINUOUS = Session("continuous")
FOREX = Session("forex", forex_hours, forex_due, 17 * HOUR)
USEQUITY = Session("usequity", usequity_hours, usequity_hours, 0)

SESSIONS = {each.name: each for each in (CONTINUOUS, FOREX, USEQUITY)}


def session(name: str) -> Session:
    """Return the session of that name.

    Raises ConfigError when there is none.
    """
    if name not in SESSIONS:
        raise ConfigError(f"session was {name!r}, allowed are {', '.join(sorted(SESSIONS))}")
    return SESSIONS[name]


def _spanned(prev: Ints, until: Ints, due: OpenIntervals) -> tuple[Ints, Ints]:
    """Pair every row with every stretch that touches it."""
    first = np.searchsorted(due.closes, prev, side="right")
    stop = np.searchsorted(due.opens, until, side="left")
    count = np.maximum(stop - first, 0)
    row = np.repeat(np.arange(len(prev)), count)
    inner = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return row, np.repeat(first, count) + inner


def _whole(prev: Ints, between: Ints, step_ns: int, due: OpenIntervals) -> Ints:
    row, stretch = _spanned(prev, prev + between * step_ns, due)
    first = np.maximum(-((prev[row] - due.opens[stretch]) // step_ns) + 1, 1)
    last = np.minimum((due.closes[stretch] - prev[row]) // step_ns, between[row])
    return _summed(row, np.maximum(last - first + 1, 0), len(prev))


def _holding_the_middle(prev: Ints, between: Ints, step_ns: int, due: OpenIntervals) -> Ints:
    row, stretch = _spanned(prev, prev + between * step_ns, due)
    middle = due.opens[stretch] + (due.closes[stretch] - due.opens[stretch]) // 2
    bar = -((prev[row] - middle) // step_ns)
    counted = np.ones(len(row), bool)
    counted[1:] = (row[1:] != row[:-1]) | (bar[1:] != bar[:-1])
    return _summed(row, counted & (bar >= 1) & (bar <= between[row]), len(prev))


def _summed(row: Ints, values: Ints | BoolArray, length: int) -> Ints:
    return np.bincount(row, weights=values, minlength=length).astype(np.int64)
