# file: core/messages/formatting.py
"""Number formatting: numbers, percentages, money, prices, durations and times as people read them, the sign beside."""

from __future__ import annotations

import math

from tradingbot.core.time import DAY, HOUR, MINUTE, SECOND

NONE = "–"  # noqa: RUF001  an en dash stands for "undefined"
_MINUS = "\N{MINUS SIGN}"


def number(value: float | None, digits: int = 2, sign: bool = False) -> str:
    """Return `value` with thousands separators and `digits` decimals; with `sign` a plus is written too."""
    if value is None:
        return NONE
    rounded = round(value, digits) or 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{digits}f}".replace("-", _MINUS)


def percent(value: float | None, digits: int = 1, sign: bool = False) -> str:
    """Return the fraction `value` in percent."""
    return NONE if value is None else f"{number(value * 100, digits, sign)} %"


def amount(value: float | None, currency: str, sign: bool = False) -> str:
    """Return money with its currency."""
    return NONE if value is None else f"{number(value, 2, sign)} {currency}"


def counted(value: int, noun: str) -> str:
    """Return a count with its noun: `1 trade`, `1,200 trades`."""
    return f"{number(value, 0)} {noun}{'' if value == 1 else 's'}"


def capitalised(text: str) -> str:
    """Return a sentence with its first letter large, the rest as it was."""
    return f"{text[:1].upper()}{text[1:]}"


def price(value: float | None) -> str:
    """Return a price to seven significant digits, two decimals at least, without trailing zeros."""
    if value is None:
        return NONE
    digits = max(2, 6 - math.floor(math.log10(abs(value)))) if value else 2
    whole, _, decimals = f"{value:,.{digits}f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}".replace("-", _MINUS)


def duration(ns: float) -> str:
    """Return a span of nanoseconds in its two largest units: `3 d 4 h`, `4 h 5 min`, `12 s`."""
    for size, unit, part, smaller in ((DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "min"), (MINUTE, "min", SECOND, "s")):
        if ns >= size:
            whole, rest = divmod(round(ns / part), size // part)
            return f"{whole} {unit} {rest} {smaller}" if rest else f"{whole} {unit}"
    return f"{ns / SECOND:.0f} s"


def lapse(ns: int, sign: bool = False) -> str:
    """Return a difference of clocks: tenths of a second below a minute, else its two largest units."""
    if abs(ns) < MINUTE:
        return f"{number(ns / SECOND, 1, sign)} s"
    return f"{_MINUS if ns < 0 else '+' if sign else ''}{duration(abs(ns))}"


def when(iso: str | None) -> str:
    """Return an ISO instant to the minute, UTC."""
    return NONE if iso is None else iso[:16].replace("T", " ")
