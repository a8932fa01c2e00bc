# file: core/runtime/parityspan.py
"""Which time of the market a comparison covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.portfolio.isotime import DAY, day_of

__all__ = ["EVER", "LAST", "Span", "span_of"]

LAST = "last"
EVER = 2**63 - 1
_EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Span:
    """The moments `since` <= ts < `until` (UTC ns); `day` is the UTC date they are of, empty for all of the run."""

    day: str
    since: int
    until: int

    def holds(self, ts: int) -> bool:
        """Whether a moment is within."""
        return self.since <= ts < self.until


def span_of(asked: str, closes: Sequence[int], finished: bool) -> Span:
    """Return the span of a day (`YYYY-MM-DD`), of the `last` whole day with bars or, where nothing is asked, of all.

    `closes` are the moments at which the bars closed that the node has seen, ascending. What happens at the last of
    them is on record only once the node has `finished`: bars of other instruments may close at it too.

    Raises
    ------
    BadInput
        When `asked` is no day, or none of the node's.
    RunFailed
        When the node has not seen a whole day yet.
    """
    seen = EVER if finished else closes[-1]
    if not asked:
        return Span("", 0, seen)
    first, last = (closes[0] - 1) // DAY, (closes[-1] - (not finished)) // DAY
    day = _last(closes) if asked == LAST else _number(asked, first, last)
    return Span(_text(day), day * DAY, min((day + 1) * DAY, seen))


def _last(closes: Sequence[int]) -> int:
    """Return the last day that a bar closed in and another one after, counted from 1970."""
    over = closes[-1] // DAY
    found = max(((close - 1) // DAY for close in closes if close <= over * DAY), default=None)
    if found is None:
        day = day_of(closes[-1] - 1)
        raise RunFailed(f"no whole day of the market is on record yet: {day} is the first, and not over")
    return found


def _number(asked: str, first: int, last: int) -> int:
    try:
        day = dt.date.fromisoformat(asked)
    except ValueError:
        day = None
    if day is None or day.isoformat() != asked:
        raise BadInput(f"--day was {asked!r}, allowed is a day such as 2026-03-01, or {LAST}")
    number = day.toordinal() - _EPOCH
    if not first <= number <= last:
        raise BadInput(f"--day was {asked}, allowed is a day that the node has seen: {_text(first)} to {_text(last)}")
    return number


def _text(day: int) -> str:
    return dt.date.fromordinal(day + _EPOCH).isoformat()
