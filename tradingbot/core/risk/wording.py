# file: core/risk/wording.py
"""Write what broke a limit, and the limit, so that the one never reads like the other."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

__all__ = ["rounded_down", "rounded_up"]


def rounded_up(value: Decimal, spec: str = ".2f") -> str:
    """Return `value` in the format `spec`, its last digit rounded up: what was too much stays too much in print."""
    with localcontext(rounding=ROUND_CEILING):
        return format(value, spec)


def rounded_down(value: Decimal, spec: str = ".2f") -> str:
    """Return `value` in the format `spec`, its last digit rounded down."""
    with localcontext(rounding=ROUND_FLOOR):
        return format(value, spec)
