# file: core/validation/criteria/correction.py
"""Better than the best of as many tries would be by luck."""

from __future__ import annotations

from tradingbot.core.config.validation import Thresholds
from tradingbot.core.report.validation.record import Criterion
from tradingbot.core.validation.criteria.judging import answer, looser
from tradingbot.core.validation.facts import Facts

__all__ = ["adjusted_p"]


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
        answer=answer(value, limit, False, None, None),
        looser=looser(limit, own.adjusted_p, False),
        why=why,
    )
