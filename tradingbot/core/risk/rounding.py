# file: core/risk/rounding.py
"""Rounding: prices to ticks, quantities to steps, and a broken limit in print so that it never reads as kept."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

DUST = 1 + Decimal("1e-20")
"""A rate such as 1 / 150 has no exact decimal: times this, what is a whole number of steps but for that dust is one."""

_DIGITS = 13
"""Significant ones: more than a price has, fewer than where a float's arithmetic leaves its dust."""


def decimal_of(value: float) -> Decimal:
    """Return a number as a person would write it: 0.1 + 0.2 is 0.3, and a coin at 1.2e-9 keeps its digits."""
    return Decimal(str(float(f"{value:.{_DIGITS}g}")))


def stepped(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    """Return `value` as a whole number of `step`, rounded as `decimal` calls it, with the decimals of the step."""
    whole = (value / step).to_integral_value(rounding=rounding)
    # 6E+5 x 0.1 is 6E+4, which nobody reads as a price; adding a zero with the step's decimals writes it out.
    return whole * step + 0 * step


def rounded_up(value: Decimal, spec: str = ".2f") -> str:
    """Return `value` in the format `spec`, its last digit rounded up: what was too much stays too much in print."""
    with localcontext(rounding=ROUND_CEILING):
        return format(value, spec)


def rounded_down(value: Decimal, spec: str = ".2f") -> str:
    """Return `value` in the format `spec`, its last digit rounded down."""
    with localcontext(rounding=ROUND_FLOOR):
        return format(value, spec)
