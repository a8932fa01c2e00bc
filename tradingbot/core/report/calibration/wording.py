# file: core/report/calibration/wording.py
"""Say shares and rules the same way on the page and on the terminal."""

from __future__ import annotations

from tradingbot.core.report.calibration.record import Share
from tradingbot.core.report.phrase import NONE, number, percent

__all__ = ["RULES", "bounds", "held", "rate"]

RULES = (
    ("verdict", "the verdict"),
    ("adjusted_p", "adjusted p alone"),
    ("thresholds", "the five thresholds alone"),
    ("own_p", "p without the other trials"),
    ("dsr", "DSR above 0.95"),
)
"""Fields of `Rates` and what they are called."""


def rate(share: Share, digits: int = 1) -> str:
    """Return a share in percent; a dash of none."""
    return percent(share.rate, digits) if share.n else NONE


def bounds(share: Share, digits: int = 1) -> str:
    """Return a share with its 95 % interval."""
    if not share.n:
        return NONE
    return f"{rate(share, digits)} ({number(share.low * 100, digits)} to {percent(share.high, digits)})"


def held(holds: bool) -> str:
    """Return the word for a claim."""
    return "holds" if holds else "DOES NOT HOLD"
