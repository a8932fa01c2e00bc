# file: core/validation/criteria/judging.py
"""One way to read an estimate against its limit."""

from __future__ import annotations

from tradingbot.core.report.validation.record import Answer

__all__ = ["answer", "looser"]


def answer(value: float | None, limit: float, at_least: bool, low: float | None, high: float | None) -> Answer:
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
