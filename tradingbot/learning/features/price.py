# file: learning/features/price.py
"""Price features: momentum, trend, distance, oscillators. Windows are in bars."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Family, Feature, inlined
from tradingbot.learning.features.ringbuffer import CLOSE, HIGH, LOG_CLOSE, LOW, RETURN
from tradingbot.learning.features.windows import change, deviation, total_of_squares, total_of_steps


@inlined
def _momentum(tape: Floats, end: int, bars: int, _unused: int) -> float:
    return change(tape, LOG_CLOSE, end, bars)


@inlined
def _trend(tape: Floats, end: int, bars: int, _unused: int) -> float:
    squares = total_of_squares(tape, RETURN, end - bars, end)
    if squares == 0.0:
        return 0.0
    return change(tape, LOG_CLOSE, end, bars) / math.sqrt(squares)


@inlined
def _distance(tape: Floats, end: int, bars: int, _unused: int) -> float:
    mean, variance = deviation(tape, LOG_CLOSE, end - bars, end)
    if variance <= 0.0:
        return 0.0
    return -mean / math.sqrt(variance)


@inlined
def _crossover(tape: Floats, end: int, short: int, long: int) -> float:
    slow, variance = deviation(tape, LOG_CLOSE, end - long, end)
    fast, _ = deviation(tape, LOG_CLOSE, end - short, end)
    if variance <= 0.0:
        return 0.0
    return (fast - slow) / math.sqrt(variance)


@inlined
def _recent(tape: Floats, end: int, bars: int, _unused: int) -> float:
    keep = math.exp2(-4.0 / bars)
    mean = square = 0.0
    for i in range(end - bars, end):
        mean = mean * keep + tape[RETURN, i]
        square = square * keep + tape[RETURN, i] * tape[RETURN, i]
    if square == 0.0:
        return 0.0
    weight = (1.0 - 0.0625) / (1.0 - keep)
    return mean / math.sqrt(weight * square)


@inlined
def _rsi(tape: Floats, end: int, bars: int, _unused: int) -> float:
    steps = total_of_steps(tape, CLOSE, end - bars, end)
    if steps == 0.0:
        return 0.5
    # What rose less what fell is how far the price came, so the rises are half of that and of all steps.
    return 0.5 + 0.5 * change(tape, CLOSE, end, bars) / steps


@inlined
def _position(tape: Floats, end: int, bars: int, _unused: int) -> float:
    top, bottom, absent = tape[HIGH, end - 1], tape[LOW, end - 1], 0.0 * tape[CLOSE, end - 1]
    for i in range(end - bars, end):
        top = max(top, tape[HIGH, i])
        bottom = min(bottom, tape[LOW, i])
        absent += tape[HIGH, i] - tape[LOW, i]
    if math.isnan(absent):
        return math.nan
    if top <= bottom:
        return 0.5
    place: float = (tape[CLOSE, end - 1] - bottom) / (top - bottom)
    return place


@inlined
def _efficiency(tape: Floats, end: int, bars: int, _unused: int) -> float:
    steps = total_of_steps(tape, CLOSE, end - bars, end)
    if steps == 0.0:
        return 0.0
    return abs(change(tape, CLOSE, end, bars)) / steps


@dataclass(frozen=True, slots=True)
class Momentum(Feature):
    """The log return over n bars: ln(close / close n bars ago).

    Source: Jegadeesh and Titman (1993), "Returns to Buying Winners and Selling Losers", Journal of Finance 48.
    """

    word = "momentum"
    family = Family.PRICE
    before = 1
    kernel = _momentum


@dataclass(frozen=True, slots=True)
class Trend(Feature):
    """The log return over n bars in its own deviations: sum r / sqrt(sum r^2), -sqrt n to sqrt n; flat is 0.

    Source: the t-statistic of a mean of 0, uncentred; Moskowitz, Ooi and Pedersen (2012), "Time Series Momentum".
    """

    word = "trend"
    family = Family.PRICE
    before = 1
    kernel = _trend


@dataclass(frozen=True, slots=True)
class Distance(Feature):
    """How far ln close is from its mean of n bars, in deviations (divisor n) of the same bars; flat is 0.

    Source: Bollinger (2001), "Bollinger on Bollinger Bands"; here on logarithms.
    """

    word = "distance"
    family = Family.PRICE
    shortest = 2
    kernel = _distance


@dataclass(frozen=True, slots=True)
class Crossover(Feature):
    """The mean ln close of the short window less that of the long one, in the long one's deviations; flat is 0.

    Source: Brock, Lakonishok and LeBaron (1992), "Simple Technical Trading Rules", Journal of Finance 47.
    """

    word = "crossover"
    family = Family.PRICE
    takes = ("short", "long")
    kernel = _crossover


@dataclass(frozen=True, slots=True)
class Recent(Feature):
    """The exponentially weighted mean of n returns over their weighted root mean square, -1 to 1; flat is 0.

    Weights halve every n / 4 bars, end at the window and are normalised: w_j = 2^(-4 j / n), j = 0 the newest.
    Source: RiskMetrics (1996), "Technical Document", section 5.2, truncated.
    """

    word = "recent"
    family = Family.PRICE
    shortest = 2
    before = 1
    kernel = _recent


@dataclass(frozen=True, slots=True)
class Rsi(Feature):
    """Cutler's RSI: the rises' share of all n price steps, simple sums, 0 to 1; flat is 0.5.

    Source: Wilder (1978), "New Concepts in Technical Trading Systems", with Cutler's simple averages.
    """

    word = "rsi"
    family = Family.PRICE
    before = 1
    kernel = _rsi


@dataclass(frozen=True, slots=True)
class Position(Feature):
    """Where the close lies between the lowest low and the highest high of n bars, 0 to 1; flat is 0.5.

    Source: Lane (1984), "Lane's Stochastics", %K.
    """

    word = "position"
    family = Family.PRICE
    kernel = _position


@dataclass(frozen=True, slots=True)
class Efficiency(Feature):
    """How straight the way was: |close - close n bars ago| / sum of |steps|, 0 to 1; flat is 0.

    Source: Kaufman (1995), "Smarter Trading".
    """

    word = "efficiency"
    family = Family.PRICE
    before = 1
    kernel = _efficiency
