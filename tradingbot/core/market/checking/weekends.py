# file: core/market/checking/weekends.py
"""Read a forex file's clock off its weekends: they run from Friday 17:00 to Sunday 17:00 in New York."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tradingbot.core.market.arrays import Floats, Ints
from tradingbot.core.market.checking.tally import Mask
from tradingbot.core.market.defects import Defect, DefectKind, Severity
from tradingbot.core.market.hours import offsets

__all__ = ["weekend_defects"]

_HOUR = 3_600_000_000_000
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_FRIDAY_CLOSE = 17 * _HOUR + _DAY
_SUNDAY_OPEN = 17 * _HOUR + 3 * _DAY
_SHORTEST, _LONGEST = 36 * _HOUR, 72 * _HOUR
_FEWEST = 2
_AGREEMENT = 0.6
_WINTER = -5 * _HOUR

_ZONES: Mapping[tuple[int, int], str] = {
    (2, 3): "Europe/Athens",
    (1, 2): "Europe/Berlin",
    (0, 1): "Europe/London",
    (-5, -4): "America/New_York",
    (-6, -5): "America/Chicago",
}


def weekend_defects(rows: Ints, ts: Ints, before: Ints, step_ns: int) -> list[Defect]:
    """Return what the weekends say about the clock and about which end of a bar the stamps mark.

    `rows`, `ts` and `before` describe the rows behind holes, stamped at the close. Says nothing with fewer than two
    weekends or where fewer than 60 % of them agree.
    """
    weekend = (ts - before >= _SHORTEST) & (ts - before <= _LONGEST)
    rows, ts, before = rows[weekend], ts[weekend], before[weekend]
    if len(rows) < _FEWEST:
        return []
    closed = _from(before, _FRIDAY_CLOSE)
    opened = _from(ts - step_ns, _SUNDAY_OPEN)
    early = (closed == -step_ns) & (opened == -step_ns)
    if early.mean() >= _AGREEMENT:
        sentence = "weeks begin and end one bar too early: the stamps are the bars' open, use --stamp open"
        return [_defect(DefectKind.OPEN_STAMPED, early, rows, ts, sentence)]
    shift = _hours(closed, opened)
    winter = offsets(ts) == _WINTER
    seasons = [_usual(shift[season]) for season in (winter, ~winter)]
    if not any(seasons):
        return []
    return [_defect(DefectKind.WRONG_TIMEZONE, shift != 0, rows, ts, _told(*seasons))]


def _from(ts: Ints, edge: int) -> Ints:
    """Return how long after the week's `edge` (from Thursday 00:00, New York) each stamp is, at most half a week."""
    local = ts + offsets(ts)
    return (local - edge + _WEEK // 2) % _WEEK - _WEEK // 2


def _hours(closed: Ints, opened: Ints) -> Floats:
    """A wrong clock moves both edges the same way; a late start of a week moves one of them only."""
    same = np.sign(closed) == np.sign(opened)
    nearer = np.minimum(np.abs(closed), np.abs(opened)) * np.sign(closed)
    return np.where(same, np.rint(nearer / _HOUR), 0.0)


def _usual(shift: Floats) -> int | None:
    """Return the shift on which most weekends of a season agree; None where there are none or they do not."""
    if not len(shift):
        return None
    found, counts = np.unique(shift, return_counts=True)
    return int(found[counts.argmax()]) if counts.max() / len(shift) >= _AGREEMENT else None


def _told(winter: int | None, summer: int | None) -> str:
    known = [shift for shift in (winter, summer) if shift is not None]
    offset = f"{'-' if known[0] < 0 else '+'}{abs(known[0]):02d}:00"
    if len(set(known)) == 1:
        return f"weekends are {known[0]:+d} h off Friday 17:00 New York: use --tz {offset}"
    hours = f"{winter:+d} h in winter and {summer:+d} h in summer"
    zone = _ZONES.get((known[0], known[1]), "with the zone of its clock")
    return f"weekends are {hours} off Friday 17:00 New York: use --tz {zone}"


def _defect(kind: DefectKind, where: Mask, rows: Ints, ts: Ints, sentence: str) -> Defect:
    first = int(np.flatnonzero(where)[0])
    return Defect(kind, Severity.REFUSE, int(where.sum()), int(rows[first]), int(ts[first]), sentence)
