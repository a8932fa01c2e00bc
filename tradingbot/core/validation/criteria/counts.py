# file: core/validation/criteria/counts.py
"""Enough trades, and enough that are not the same trade again."""

from __future__ import annotations

from tradingbot.core.config.validation import Thresholds
from tradingbot.core.report.validation.record import Criterion
from tradingbot.core.validation.criteria.judging import answer, looser
from tradingbot.core.validation.facts import Facts

__all__ = ["effective_trades", "trades"]


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
        answer=answer(value, limit, True, None, None),
        looser=looser(limit, own, True),
        why=why,
    )
