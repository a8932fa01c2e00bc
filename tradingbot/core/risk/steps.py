# file: core/risk/steps.py
"""Prices lie on ticks and quantities on steps."""

from __future__ import annotations

from decimal import Decimal

__all__ = ["stepped"]


def stepped(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    """Return `value` as a whole number of `step`, rounded as `decimal` calls it, with the decimals of the step."""
    whole = (value / step).to_integral_value(rounding=rounding)
    # 6E+5 x 0.1 is 6E+4, which nobody reads as a price; adding a zero with the step's decimals writes it out.
    return whole * step + 0 * step
