# file: core/validation/criteria/significance.py
"""Criteria of significance: closed trades, effective trades, p-value adjusted for all trials."""

from __future__ import annotations

from tradingbot.core.config.validation import Thresholds
from tradingbot.core.validation.evidence import Facts
from tradingbot.core.validation.record import Criterion
from tradingbot.core.validation.verdict import interval_answer, looser


def trades(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Count the closed round trips."""
    count = len(facts.evidence.pnl)
    return _count("trades", "Closed trades", count, limits.trades, own.trades, f"{count:,} round trips were closed")


def effective_trades(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Count what the trades are worth as independent ones: overlapping, clustered and repeated trades count less."""
    found = facts.effective
    why = (
        f"{len(facts.evidence.pnl):,} trades in {found.clusters:,} clusters, whose results correlate by"
        f" {found.intraclass:.2f} inside, inform like {found.count:,.0f} independent ones"
    )
    return _count(
        "effective_trades",
        "Effective trades",
        round(found.count, 6),
        limits.effective_trades,
        own.effective_trades,
        why,
    )


def _count(name: str, title: str, value: float, limit: int, own: int, why: str) -> Criterion:
    return Criterion(
        name=name,
        title=title,
        unit="count",
        value=value,
        limit=limit,
        own_limit=own,
        at_least=True,
        answer=interval_answer(value, limit, True, None, None),
        looser=looser(limit, own, True),
        why=why,
    )


def adjusted_p(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge the max-t adjusted p-value over every trial that touched these days (Romano and Wolf 2005)."""
    found, limit = facts.correction, limits.adjusted_p
    value = found.adjusted_p if found else None
    others = len(facts.rivals)
    why = f"the chance that the best of {others + 1:,} trial{'s' if others else ''} without an edge would look as good"
    return Criterion(
        name="adjusted_p",
        title="p-value, adjusted for all trials",
        unit="p",
        value=value,
        limit=limit,
        own_limit=own.adjusted_p,
        at_least=False,
        answer=interval_answer(value, limit, False, None, None),
        looser=looser(limit, own.adjusted_p, False),
        why=why,
    )
