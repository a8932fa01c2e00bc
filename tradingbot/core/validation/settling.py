# file: core/validation/settling.py
"""What would settle an open verdict: how much more of what, at the pace so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from tradingbot.core.portfolio.daily import days_a_year
from tradingbot.core.report.validation.record import Criterion
from tradingbot.core.statistics.moments import kurtosis, skewness
from tradingbot.core.statistics.sharpe import sharpe_ratio
from tradingbot.core.statistics.tracklength import min_track_record
from tradingbot.core.validation.facts import Facts
from tradingbot.core.validation.stressanswer import StressAnswer
from tradingbot.core.validation.verdict import told

__all__ = ["settling"]

_Z = NormalDist().inv_cdf(0.975)
_MONTHS = 12


def settling(facts: Facts, criteria: Sequence[Criterion], stresses: Sequence[StressAnswer] = ()) -> list[str]:
    """Return a sentence per open criterion; empty when none is open."""
    found = []
    for item in criteria:
        if item.answer != "unsettled":
            continue
        if item.unit == "count":
            found.append(_more_trades(facts, item))
        elif item.name == "adjusted_p":
            found.append(_clearer_edge(facts, item))
        elif item.value is None:
            found.append(f"{item.title}: more trades with wins and losses, and at least 30 days")
        else:
            found.append(_narrower(facts, item))
    if missing := [item.name for item in stresses if item.missing]:
        found.append(f"run what was left out: {', '.join(missing)} (--budget full)")
    if soft := [item.name for item in stresses if item.answer == "unsettled" and not item.missing]:
        found.append(f"an edge that survives {', '.join(soft)} by its stated criterion; more data alone may not")
    return found


def _more_trades(facts: Facts, item: Criterion) -> str:
    have = item.value or 0.0
    missing = math.ceil(item.limit - have)
    more = f"about {missing:,} more {item.title.lower().removeprefix('closed ')}"
    if have > 0 and facts.years > 0:
        more += f", or {_time(missing / have * facts.years)} more at this pace"
    return more


def _narrower(facts: Facts, item: Criterion) -> str:
    """Say how long until the interval no longer holds the limit, if the estimate stays: width shrinks by the root."""
    bound = item.high if item.at_least else item.low
    if bound is None or item.value is None or bound == item.value:
        return f"{item.title}: an interval, which needs more data"
    factor = ((bound - item.value) / (item.limit - item.value)) ** 2
    way = "rise" if item.at_least else "fall"
    return (
        f"{item.title}: {_time(max(0.0, factor - 1) * facts.years)} more at this pace would show whether"
        f" {told(item.limit, item.unit)} is out of reach; to pass, it has to {way} from {told(item.value, item.unit)}"
    )


def _clearer_edge(facts: Facts, item: Criterion) -> str:
    returns = facts.evidence.returns
    ratio = sharpe_ratio(returns)
    needed = None
    if ratio is not None and ratio > 0:
        level = 1 - item.limit / (len(facts.rivals) + 1)
        needed = min_track_record(ratio, 0.0, skewness(returns), kurtosis(returns), level)
    if needed is None or needed <= len(returns):
        return "adjusted p-value: a larger edge, or days that earlier trials have not used"
    years = (needed - len(returns)) / days_a_year(facts.days_per_year)
    return (
        f"adjusted p-value: at most {_time(years)} more at this Sharpe ratio"
        f" (track record length against {len(facts.rivals) + 1:,} trials), or days that earlier trials have not used"
    )


def _time(years: float) -> str:
    months = years * _MONTHS
    if months < 1:
        return f"{math.ceil(years * 365):,} days"
    return f"{math.ceil(months):,} months" if months < 48 else f"{years:,.1f} years"
