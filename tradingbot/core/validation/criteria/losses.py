# file: core/validation/criteria/losses.py
"""No deeper fall and no worse days than the account is meant to bear."""

from __future__ import annotations

import numpy as np

from tradingbot.core.config.validation import Thresholds
from tradingbot.core.portfolio import ratios
from tradingbot.core.report.validation.record import Criterion
from tradingbot.core.validation.criteria.judging import answer, looser
from tradingbot.core.validation.evidence import Floats
from tradingbot.core.validation.facts import Facts

__all__ = ["TAIL", "cvar", "max_drawdown"]

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
        answer=answer(value, limit, False, low, high),
        looser=looser(limit, own.cvar, False),
        why="the mean loss on the worst 5 % of days, a fraction of equity",
    )


def _spread(found: Floats | None, limit: float) -> tuple[float | None, float | None, float | None]:
    """Return the 95 % interval of resampled values and the share of them that keeps the limit."""
    if found is None:
        return None, None, None
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high), float(np.mean(found <= limit))
