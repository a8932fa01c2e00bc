# file: core/validation/criteria/profitfactor.py
"""Enough won for each unit lost."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from tradingbot.core.config.validation import Thresholds
from tradingbot.core.report.validation.record import Criterion
from tradingbot.core.validation.criteria.judging import answer, looser
from tradingbot.core.validation.facts import Facts

__all__ = ["profit_factor"]

_SIDES = 2 * NormalDist().inv_cdf(0.975)


def profit_factor(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge gross profit over gross loss; its interval draws whole clusters of trades."""
    found, limit = facts.profit_factor, limits.profit_factor
    pnl = facts.evidence.pnl
    won, lost = float(pnl[pnl > 0].sum()), -float(pnl[pnl < 0].sum())
    value = won / lost if lost > 0 else None
    truth = 1 + 1.5 * (limit - 1)
    low, high = (found.low, found.high) if found else (None, None)
    return Criterion(
        name="profit_factor",
        title="Profit factor",
        value=value,
        limit=limit,
        own_limit=own.profit_factor,
        at_least=True,
        low=low,
        high=high,
        power=_power(low, high, truth, limit),
        power_at=truth,
        answer=answer(value, limit, True, low, high),
        looser=looser(limit, own.profit_factor, True),
        why=f"{int(np.count_nonzero(pnl > 0)):,} winners made {won:,.2f}, {int(np.count_nonzero(pnl < 0)):,} losers"
        f" cost {lost:,.2f}",
    )


def _power(low: float | None, high: float | None, truth: float, limit: float) -> float | None:
    """Take the logarithm of the factor as normal, with the spread its interval shows."""
    if low is None or high is None or low <= 0 or high <= low:
        return None
    error = math.log(high / low) / _SIDES
    return NormalDist().cdf(math.log(truth / limit) / error)
