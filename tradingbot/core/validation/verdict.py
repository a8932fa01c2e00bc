# file: core/validation/verdict.py
"""The decision rule. PASS, FAIL or INSUFFICIENT_EVIDENCE, from the answers alone.

PASS: every criterion passes, and every stress that is applicable. FAIL: a hard rule breaks, or a criterion or stress
fails, which means that the whole 95 % interval lies beyond the limit. Everything else is not enough evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tradingbot.core.report.validation.record import Criterion, Verdict
from tradingbot.core.validation.stressanswer import StressAnswer

__all__ = ["decide", "phrase", "told"]


_LEFT = {
    "PASS": (),
    "FAIL": (
        "another strategy, or other parameters as a new candidate: more days of this one cannot mend what failed",
    ),
}


def decide(
    criteria: Sequence[Criterion],
    stresses: Sequence[StressAnswer],
    broken: Sequence[str] = (),
    settle: Sequence[str] = (),
) -> Verdict:
    """Return the verdict with its reasons, what breaks it first.

    Parameters
    ----------
    broken
        Sentences on hard rules that broke: ruin, liquidation, signals that never filled.
    settle
        What would change a verdict that is not settled.
    """
    tried = [item for item in stresses if item.answer != "not_applicable"]
    failed = [*broken, *(phrase(item) for item in criteria if item.answer == "fail")]
    failed += [item.sentence for item in stresses if item.answer == "fail"]
    open_ = [phrase(item) for item in criteria if item.answer == "unsettled"]
    open_ += [item.sentence for item in stresses if item.answer == "unsettled"]
    value: Literal["PASS", "FAIL", "INSUFFICIENT_EVIDENCE"] = "PASS"
    if failed:
        value = "FAIL"
    elif open_ or not tried:
        value = "INSUFFICIENT_EVIDENCE"
    reasons = tuple([*failed, *open_]) or (() if tried else ("no stress was run that could show anything",))
    first = reasons[0] if reasons else "every criterion and every stress holds"
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return Verdict(
        value=value,
        reason=first + more,
        reasons=reasons,
        settle=tuple(settle) if value == "INSUFFICIENT_EVIDENCE" else _LEFT[value],
    )


def phrase(item: Criterion) -> str:
    """Return one line on a criterion: what it was, what is allowed, and how sure that is."""
    was = "undefined" if item.value is None else told(item.value, item.unit)
    allowed = f"allowed is {'at least' if item.at_least else 'at most'} {told(item.limit, item.unit)}"
    interval = ""
    if item.low is not None and item.high is not None:
        interval = f", 95 % interval {told(item.low, item.unit)} to {told(item.high, item.unit)}"
    return f"{item.title} was {was}, {allowed}{interval}"


def told(value: float, unit: str) -> str:
    """Return a value as people write it: counts whole, shares in per cent, p-values to three places."""
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "share":
        return f"{value * 100:.1f} %"
    return f"{value:.3f}" if unit == "p" else f"{value:.2f}"
