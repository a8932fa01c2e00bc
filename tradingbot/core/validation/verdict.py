# file: core/validation/verdict.py
"""Decision rule: an estimate against its threshold, and PASS, FAIL or INSUFFICIENT_EVIDENCE from all answers.

PASS: every criterion passes, and every stress that is applicable. FAIL: a hard rule breaks, or a criterion or stress
fails, which means that the whole 95 % interval lies beyond the limit. Everything else is not enough evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tradingbot.core.portfolio.equity import days_a_year
from tradingbot.core.statistics.deflatedsharpe import min_track_record
from tradingbot.core.statistics.sharpe import kurtosis, sharpe_ratio, skewness
from tradingbot.core.validation.evidence import Facts
from tradingbot.core.validation.record import Answer, Criterion, Verdict

_ANOTHER = "another strategy, or other parameters as a new candidate: more days of this one cannot mend what failed"


@dataclass(frozen=True, slots=True)
class StressAnswer:
    """A stress by name, whether its criterion holds, and the sentence that says so. `missing` when it was not run."""

    name: str
    answer: Answer
    sentence: str
    missing: bool = False


def interval_answer(value: float | None, limit: float, at_least: bool, low: float | None, high: float | None) -> Answer:
    """Return pass when `value` keeps `limit`, fail when the whole interval `low` to `high` breaks it, else unsettled.

    An interval that is not known settles nothing.
    """
    if value is None:
        return "unsettled"
    if value >= limit if at_least else value <= limit:
        return "pass"
    bound = high if at_least else low
    broken = bound is not None and (bound < limit if at_least else bound > limit)
    return "fail" if broken else "unsettled"


def looser(limit: float, own: float, at_least: bool) -> bool:
    """Return whether `limit` is easier to keep than the program's own."""
    return limit < own if at_least else limit > own


def decide(
    criteria: Sequence[Criterion],
    stresses: Sequence[StressAnswer],
    broken: Sequence[str] = (),
    settle: Sequence[str] = (),
) -> Verdict:
    """Return the verdict with its reasons, what breaks it first.

    `broken` are sentences on hard rules that broke: ruin, liquidation, signals that never filled; `settle` says what
    would change a verdict that is not settled.
    """
    tried = [item for item in stresses if item.answer != "not_applicable"]
    failed = [*broken, *(criterion_sentence(item) for item in criteria if item.answer == "fail")]
    failed += [item.sentence for item in stresses if item.answer == "fail"]
    open_ = [criterion_sentence(item) for item in criteria if item.answer == "unsettled"]
    open_ += [item.sentence for item in stresses if item.answer == "unsettled"]
    value: Literal["PASS", "FAIL", "INSUFFICIENT_EVIDENCE"]
    value = "FAIL" if failed else "INSUFFICIENT_EVIDENCE" if open_ or not tried else "PASS"
    reasons = tuple([*failed, *open_]) or (() if tried else ("no stress was run that could show anything",))
    first = reasons[0] if reasons else "every criterion and every stress holds"
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    left = () if value == "PASS" else (_ANOTHER,) if value == "FAIL" else tuple(settle)
    return Verdict(value=value, reason=first + more, reasons=reasons, settle=left)


def criterion_sentence(item: Criterion) -> str:
    """Return one line on a criterion: what it was, what is allowed, and how sure that is."""
    was, limit = format_value(item.value, item.unit), format_value(item.limit, item.unit)
    interval = ""
    if item.low is not None and item.high is not None:
        interval = f", 95 % interval {format_value(item.low, item.unit)} to {format_value(item.high, item.unit)}"
    return f"{item.title} was {was}, allowed is {'at least' if item.at_least else 'at most'} {limit}{interval}"


def format_value(value: float | None, unit: str = "") -> str:
    """Return a value as people write it: counts whole, shares in per cent, p-values to three places."""
    if value is None:
        return "undefined"
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "share":
        return f"{value * 100:.1f} %"
    return f"{value:.3f}" if unit == "p" else f"{value:.2f}"


def remedies(facts: Facts, criteria: Sequence[Criterion], stresses: Sequence[StressAnswer] = ()) -> list[str]:
    """Return a sentence per open criterion; empty when none is open."""
    sentences = []
    for item in criteria:
        if item.answer != "unsettled":
            continue
        if item.unit == "count":
            sentences.append(_more_trades(facts, item))
        elif item.name == "adjusted_p":
            sentences.append(_clearer_edge(facts, item))
        elif item.value is None:
            sentences.append(f"{item.title}: more trades with wins and losses, and at least 30 days")
        else:
            sentences.append(_narrower(facts, item))
    if missing := [item.name for item in stresses if item.missing]:
        sentences.append(f"run what was left out: {', '.join(missing)} (--budget full)")
    if soft := [item.name for item in stresses if item.answer == "unsettled" and not item.missing]:
        sentences.append(f"an edge that survives {', '.join(soft)} by its stated criterion; more data alone may not")
    return sentences


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
        f" {format_value(item.limit, item.unit)} is out of reach; to pass, it has to {way} from"
        f" {format_value(item.value, item.unit)}"
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
    months = years * 12
    if months < 1:
        return f"{math.ceil(years * 365):,} days"
    return f"{math.ceil(months):,} months" if months < 48 else f"{years:,.1f} years"
