# file: core/validation/stress/regimes.py
"""Volatility regimes: days by quartile of the volatility known when each began."""

from __future__ import annotations

import math

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.validation import RegimeLimits
from tradingbot.core.runtime.market import Market
from tradingbot.core.time import DAY
from tradingbot.core.validation.evidence import Evidence, part_of, run_stats
from tradingbot.core.validation.record import Answer, Regime
from tradingbot.core.validation.verdict import StressAnswer, format_value

REGIMES = ("calm", "quiet", "lively", "wild")
_DECAY = 0.94
_WARM = 20


def market_days(market: Market) -> tuple[Ints, Floats]:
    """Return the midnights that end the days (int64 UTC ns) and the mean absolute log return of the instruments.

    A day's return is from the last close before it to its own last close; a day without bars is not there.
    """
    by_day: dict[int, list[float]] = {}
    for source in market.sources:
        bars = source.read(market.start, market.end)[0]
        days = -(-bars.ts // DAY) * DAY
        last = np.flatnonzero(np.diff(days, append=days[-1:] + DAY))
        moves = np.abs(np.diff(np.log(bars.close[last])))
        for day, move in zip(days[last][1:].tolist(), moves.tolist(), strict=True):
            by_day.setdefault(day, []).append(move)
    ordered = sorted(by_day)
    return np.array(ordered, dtype=np.int64), np.array([float(np.mean(by_day[day])) for day in ordered])


def causal_regimes(returns: Floats) -> Ints:
    """Return each day's regime as an index into `REGIMES`, -1 while there is too little past.

    The day's volatility is the exponentially weighted mean of the squared market `returns` of the days BEFORE it (decay
    0.94, RiskMetrics 1996); its quartile is taken among the estimates of the days before it as well. No day's label
    changes when later days are added.
    """
    variance = np.zeros(len(returns))
    for day in range(1, len(returns)):
        variance[day] = _DECAY * variance[day - 1] + (1 - _DECAY) * returns[day - 1] ** 2
    labels = np.full(len(returns), -1, dtype=np.int64)
    for day in range(2 * _WARM, len(returns)):
        rank = float(np.mean(variance[_WARM:day] < variance[day]))
        labels[day] = min(int(rank * len(REGIMES)), len(REGIMES) - 1)
    return labels


def regimes(
    evidence: Evidence, market_days: Ints, labels: Ints, limits: RegimeLimits, days_per_year: int
) -> tuple[list[Regime], list[StressAnswer]]:
    """Return each regime's numbers and answers.

    `market_days` (int64 UTC ns, the midnights that end the days) and `labels` come from `causal_regimes`; a trade
    belongs to the day it was entered on.
    """
    by_day = dict(zip(market_days.tolist(), labels.tolist(), strict=True))
    of_days = np.array([by_day.get(day, -1) for day in evidence.days.tolist()], dtype=np.int64)
    ends = (evidence.entries // DAY + 1) * DAY
    of_trades = np.array([by_day.get(day, -1) for day in ends.tolist()], dtype=np.int64)
    results = [_regime(evidence, name, of_days == code, of_trades == code, limits, days_per_year)
             for code, name in enumerate(REGIMES)]  # fmt: skip
    return results, [_answered(item) for item in results]


def _regime(
    evidence: Evidence, name: str, days: np.ndarray, trades: np.ndarray, limits: RegimeLimits, days_per_year: int
) -> Regime:
    part = part_of(evidence, days, trades)
    return Regime(
        name=name,
        days=int(np.count_nonzero(days)),
        measured=run_stats(part, days_per_year),
        criterion=f"drawdown <= {limits.max_drawdown * 100:g} %, t of the daily mean >= {limits.t:g}"
        f" (judged from {limits.days} days)",
        answer=_answer(part, limits),
    )


def _answer(part: Evidence, limits: RegimeLimits) -> Answer:
    returns = part.returns
    if len(returns) < limits.days:
        return "not_applicable"
    if part.drawdown > limits.max_drawdown:
        return "fail"
    deviation = float(returns.std(ddof=1))
    t = float(returns.mean()) / deviation * math.sqrt(len(returns)) if deviation > 0 else 0.0
    return "pass" if t >= limits.t else "fail"


def _answered(item: Regime) -> StressAnswer:
    sentence = (
        f"{item.name} markets, {item.days} days: Sharpe {format_value(item.measured.sharpe)}, drawdown"
        f" {format_value(item.measured.max_drawdown, 'share')}; allowed is {item.criterion}"
    )
    return StressAnswer(f"{item.name} regime", item.answer, sentence)
