# file: core/validation/criteria/performance.py
"""Criteria of performance: annual Sharpe ratio and profit factor."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.config.validation import Thresholds
from tradingbot.core.portfolio import ratios
from tradingbot.core.statistics.sharpe import hac_error, iid_error, kurtosis, sharpe_interval, sharpe_ratio, skewness
from tradingbot.core.validation.evidence import Facts
from tradingbot.core.validation.record import Criterion
from tradingbot.core.validation.verdict import interval_answer, looser


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
        answer=interval_answer(value, limit, True, low, high),
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
        answer=interval_answer(value, limit, True, low, high),
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


TAIL = 0.05


def max_drawdown(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge the deepest fall. One that happened is a fact, not an estimate: beyond the limit it fails."""
    value, limit = facts.evidence.drawdown, limits.max_drawdown
    low, high, power = _spread(facts.paths.drawdown if facts.paths else None, limit)
    return Criterion(
        name="max_drawdown",
        title="Maximum drawdown",
        unit="share",
        value=value,
        limit=limit,
        own_limit=own.max_drawdown,
        at_least=False,
        low=low,
        high=high,
        power=power,
        power_at=None if power is None else value,
        answer="pass" if value <= limit else "fail",
        looser=looser(limit, own.max_drawdown, False),
        why="the deepest fall of equity marked at every bar; the interval is of the same days in other orders, each"
        " with its intraday extremes: it cannot see a worse day than there was, nor a slide longer than its blocks",
    )


def cvar(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge the mean loss of the worst 5 % of days."""
    value, limit = ratios.cvar(facts.evidence.returns, TAIL), limits.cvar
    low, high, power = _spread(facts.paths.cvar if facts.paths else None, limit)
    return Criterion(
        name="cvar",
        title="CVaR (5 %), daily",
        unit="share",
        value=value,
        limit=limit,
        own_limit=own.cvar,
        at_least=False,
        low=low,
        high=high,
        power=power,
        power_at=None if power is None else value,
        answer=interval_answer(value, limit, False, low, high),
        looser=looser(limit, own.cvar, False),
        why="the mean loss on the worst 5 % of days, a fraction of equity",
    )


def _spread(found: Floats | None, limit: float) -> tuple[float | None, float | None, float | None]:
    """Return the 95 % interval of resampled values and the share of them that keeps the limit."""
    if found is None:
        return None, None, None
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high), float(np.mean(found <= limit))
