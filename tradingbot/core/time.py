# file: core/time.py
"""UTC time: nanoseconds to ISO-8601 with a Z and back, and the nanoseconds of each unit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR = 365 * DAY + DAY // 4
ENDLESS = 2**62
"""The end of what goes on."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_iso(ns: int) -> str:
    """Return `ns` (UTC nanoseconds) as `2024-01-31T00:05:00Z`, with 3, 6 or 9 decimals where they are not zero."""
    seconds, rest = divmod(ns, SECOND)
    text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    if not rest:
        return f"{text}Z"
    digits = f"{rest:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}Z"


def from_iso(text: str) -> int:
    """Return the UTC nanoseconds of what `to_iso` wrote, exactly."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = datetime.fromisoformat(whole).replace(tzinfo=UTC) - _EPOCH
    return (seconds.days * 86_400 + seconds.seconds) * SECOND + int(fraction.ljust(9, "0") or 0)


def day_of(ns: int) -> date:
    """Return the UTC date `ns` lies in."""
    return (_EPOCH + timedelta(seconds=ns // SECOND)).date()
