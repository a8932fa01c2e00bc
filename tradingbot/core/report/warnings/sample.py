# file: core/report/warnings/sample.py
"""Warn about evidence that is thin, idealised or made up."""

from __future__ import annotations

import numpy as np

from tradingbot.core.portfolio.isotime import DAY, from_iso
from tradingbot.core.report.facts import Facts
from tradingbot.core.report.phrase import duration, number, percent
from tradingbot.core.report.reading import Found, daily

__all__ = ["fast_realism", "flat_equity", "short_sample", "synthetic_data", "too_few_trades"]

_LUCK, _GATE = 30, 500


def synthetic_data(result: Found, facts: Facts) -> str | None:
    """Warn that no market made these prices."""
    if not result["data"]["synthetic"]:
        return None
    return "The prices are synthetic: the result shows that the machinery works and says nothing about a real market."


def fast_realism(result: Found, facts: Facts) -> str | None:
    """Warn that fills were simulated on bars alone."""
    if result["realism"] != "fast":
        return None
    return (
        "Realism was 'fast': orders were filled on bars, without quotes between them, which is optimistic. "
        "Run it again with 'exact' before believing it."
    )


def too_few_trades(result: Found, facts: Facts) -> str | None:
    """Warn that luck explains the result (below 30 trades) or that the gate will not take it (below 500)."""
    count = len(result["trades"])
    if count == 0:
        return "No trade was closed: there is nothing to judge."
    if count < _LUCK:
        return (
            f"Only {_trades(count)}: nothing can be concluded from fewer than {_LUCK}, luck alone explains any result."
        )
    if count < _GATE:
        return f"{_trades(count)} are enough for a first idea and too few for promotion, which asks for {_GATE}."
    return None


def short_sample(result: Found, facts: Facts) -> str | None:
    """Warn that less than a year was seen."""
    span = from_iso(result["end"]) - from_iso(result["start"])
    if span >= 365 * DAY:
        return None
    covered = duration(span) if span < 2 * DAY else f"{number(span / DAY, 0)} days"
    return f"The run covers {covered}: less than a year shows only one mood of the market."


def flat_equity(result: Found, facts: Facts) -> str | None:
    """Warn that equity rested on most days."""
    _, equity = daily(result)
    if len(equity) < 3 or not result["trades"]:
        return None
    still = float(np.mean(np.diff(equity) == 0))
    if still <= 0.5:
        return None
    return f"Equity did not move on {percent(still, 0)} of the days: the result rests on few active ones."


def _trades(count: int) -> str:
    return "1 trade" if count == 1 else f"{number(count, 0)} trades"
