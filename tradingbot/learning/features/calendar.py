# file: learning/features/calendar.py
"""Calendar features: time of day and week, on circles so that midnight lies beside 23:59.

A bar counts by its close: the last bar of Friday closes on Saturday 00:00 and is on the weekend.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Family, Feature, inlined
from tradingbot.learning.features.ringbuffer import DAY, WEEK

_TURN = 2.0 * math.pi


@inlined
def _hour_sin(tape: Floats, end: int, _none: int, _unused: int) -> float:
    return math.sin(_TURN * tape[DAY, end - 1])


@inlined
def _hour_cos(tape: Floats, end: int, _none: int, _unused: int) -> float:
    return math.cos(_TURN * tape[DAY, end - 1])


@inlined
def _day_sin(tape: Floats, end: int, _none: int, _unused: int) -> float:
    return math.sin(_TURN * tape[WEEK, end - 1] / 7.0)


@inlined
def _day_cos(tape: Floats, end: int, _none: int, _unused: int) -> float:
    return math.cos(_TURN * tape[WEEK, end - 1] / 7.0)


@inlined
def _weekend(tape: Floats, end: int, _none: int, _unused: int) -> float:
    return 1.0 if tape[WEEK, end - 1] >= 5.0 else 0.0


@dataclass(frozen=True, slots=True)
class HourSin(Feature):
    """The time of day as a sine: sin(2 pi t), t the part of the day gone.

    Source: Andersen and Bollerslev (1997), "Intraday Periodicity and Volatility Persistence": Fourier form.
    """

    word = "hoursin"
    family = Family.CALENDAR
    takes = ()
    kernel = _hour_sin


@dataclass(frozen=True, slots=True)
class HourCos(Feature):
    """The time of day as a cosine: cos(2 pi t).

    Source: see HourSin.
    """

    word = "hourcos"
    family = Family.CALENDAR
    takes = ()
    kernel = _hour_cos


@dataclass(frozen=True, slots=True)
class DaySin(Feature):
    """The time of the week as a sine: sin(2 pi t / 7), t the days gone since Monday 00:00.

    Source: French (1980), "Stock Returns and the Weekend Effect"; the form as HourSin.
    """

    word = "daysin"
    family = Family.CALENDAR
    takes = ()
    kernel = _day_sin


@dataclass(frozen=True, slots=True)
class DayCos(Feature):
    """The time of the week as a cosine: cos(2 pi t / 7).

    Source: see DaySin.
    """

    word = "daycos"
    family = Family.CALENDAR
    takes = ()
    kernel = _day_cos


@dataclass(frozen=True, slots=True)
class Weekend(Feature):
    """1 where the bar closed on Saturday or Sunday, else 0.

    Source: French (1980), "Stock Returns and the Weekend Effect".
    """

    word = "weekend"
    family = Family.CALENDAR
    takes = ()
    kernel = _weekend
