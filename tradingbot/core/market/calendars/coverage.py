# file: core/market/calendars/coverage.py
"""Data coverage: how much of a period a series has, counted in the bars that were due in open market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.market.calendars.sessions import Session
from tradingbot.core.time import HOUR

_SHARES_DAY = 6 * HOUR


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A series of an instrument that lacks the `edge` of a period: its first or last row is `at` (UTC ns) instead.

    `bars` are those that are missing, of the bar's length or, of options' quotes, of a day.
    """

    instrument: str
    series: str
    edge: Literal["start", "end"]
    at: int
    bars: int


@dataclass(frozen=True, slots=True)
class Unused:
    """A series, preferred for its real spread, that was passed over since it covers only `start` to `end`, UTC ns."""

    instrument: str
    series: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DataGap:
    """A stretch inside a run, from one close to the next (UTC ns), in which an instrument lacks `bars`."""

    instrument: str
    start: int
    end: int
    bars: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The requested period of a run, UTC ns, None where all there is was, and what its data lacks of it."""

    asked_start: int | None = None
    asked_end: int | None = None
    shortfalls: tuple[Shortfall, ...] = ()
    unused: tuple[Unused, ...] = ()


def missing(session: Session, step_ns: int, first: int, last: int, start: int, end: int) -> tuple[int, int]:
    """Return how many bars a series lacks at the start and at the end of a period.

    `first` and `last` are the closes of its first and last bar, the period is `start` < close <= `end`; all UTC ns.
    Bars that are due on holidays, on weekends and in breaks of the session are none.
    """
    begins, ends = min(first, end + 1), max(min(last, end), start)
    lacks = session.open_between(np.array([start, ends]), np.array([begins, end + 1]), step_ns)
    return int(lacks[0]), int(lacks[1])


def notable(bars: int, step_ns: int) -> bool:
    """Return whether so many missing bars are worth a word: more than one, and more than an hour of open market."""
    return bars > 1 and bars * step_ns > HOUR


def shortfalls(
    instrument: str, series: str, session: Session, step_ns: int, first: int, last: int, start: int, end: int
) -> list[Shortfall]:
    """Return what a series notably lacks of a period; parameters as of `missing`."""
    before, after = missing(session, step_ns, first, last, start, end)
    both = Shortfall(instrument, series, "start", first, before), Shortfall(instrument, series, "end", last, after)
    return [short for short in both if notable(short.bars, step_ns)]


def data_gaps(instrument: str, session: Session, step_ns: int, closes: Ints) -> list[DataGap]:
    """Return where a series lacks more than one bar and six hours of open market, almost a day of shares' trading."""
    lacks = session.open_between(closes[:-1], closes[1:], step_ns)
    rows = np.flatnonzero((lacks > 1) & (lacks * step_ns > _SHARES_DAY))
    return [DataGap(instrument, int(closes[row]), int(closes[row + 1]), int(lacks[row])) for row in rows]
