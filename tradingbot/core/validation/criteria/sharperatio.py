# file: core/validation/criteria/sharperatio.py
"""Enough return for the risk, on days nobody trained on."""

from __future__ import annotations

import math
from statistics import NormalDist

from tradingbot.core.config.validation import Thresholds
from tradingbot.core.report.validation.record import Criterion
from tradingbot.core.statistics.moments import kurtosis, skewness
from tradingbot.core.statistics.sharpe import hac_error, iid_error, sharpe_interval, sharpe_ratio
from tradingbot.core.validation.criteria.judging import answer, looser
from tradingbot.core.validation.facts import Facts

__all__ = ["error_at", "sharpe"]


def sharpe(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge the annual Sharpe ratio; its interval allows for serial correlation (Lo 2002)."""
    value, limit = facts.sharpe, limits.sharpe
    interval = sharpe_interval(facts.evidence.returns, facts.days_per_year) if value is not None else None
    low, high = interval or (None, None)
    truth = 1.5 * limit
    error = error_at(facts, truth)
    return Criterion(
        name="sharpe",
        title="Sharpe ratio, annual",
        value=value,
        limit=limit,
        own_limit=own.sharpe,
        at_least=True,
        low=low,
        high=high,
        power=NormalDist().cdf((truth - limit) / error) if error else None,
        power_at=truth,
        answer=answer(value, limit, True, low, high),
        looser=looser(limit, own.sharpe, True),
        why=f"{len(facts.evidence.days):,} days of out-of-sample returns",
    )


def error_at(facts: Facts, truth: float) -> float | None:
    """Return the standard error that an annual Sharpe ratio of `truth` would have on days such as these.

    The independent error at that ratio (Mertens 2002), scaled by what serial correlation does to the one measured.
    """
    returns, year = facts.evidence.returns, math.sqrt(facts.days_per_year)
    measured = sharpe_ratio(returns)
    correlated = hac_error(returns)
    if measured is None or correlated is None:
        return None
    n, shape = len(returns), (skewness(returns), kurtosis(returns))
    independent = iid_error(measured, n, *shape)
    inflation = max(1.0, correlated / independent) if independent > 0 else 1.0
    return iid_error(truth / year, n) * inflation * year
