# file: core/market/checking/setbacks.py
"""Read the clock of a file that was taken as UTC off the one hour that comes twice in it."""

from __future__ import annotations

import numpy as np

from tradingbot.core.market.arrays import Ints
from tradingbot.core.market.clocks import Clock, parse_clock
from tradingbot.core.market.defects import Defect, DefectKind, Severity, moment

__all__ = ["setback_defects"]

_CLOCKS = ("Europe/Berlin", "Europe/London", "Europe/Athens", "America/New_York", "America/New_York+7h")
_MOST = 0.9


def setback_defects(rows: Ints, ts: Ints, step_ns: int, clock: Clock) -> list[Defect]:
    """Return which clock shows twice what the file has twice; nothing where `clock` was named or the hours are others.

    `rows` and `ts` are those of rows that repeat a time or go back in it; `step_ns` is the length of a bar, 0 for
    ticks. Sorted or without its repetitions such a file looks like UTC, and every row of it lies hours off.
    """
    if clock != Clock("UTC") or not len(ts):
        return []
    for name in _CLOCKS:
        for shift in dict.fromkeys((step_ns, 0)):
            twice = parse_clock(name).utc(ts - shift).again > 0
            if twice.mean() >= _MOST:
                first = int(np.flatnonzero(twice)[0])
                day = moment(int(ts[first]))[:10]
                other = ", or the zone of the US that it has" if name == "America/New_York" else ""
                sentence = (
                    f"an hour of {day} comes twice, the one in which the clock of {name} was set back:"
                    f" use --tz {name}{other}, or --tz +00:00 if the times are UTC"
                )
                return [_defect(int(twice.sum()), int(rows[first]), int(ts[first]), sentence)]
    return []


def _defect(count: int, row: int, ts: int, sentence: str) -> Defect:
    return Defect(DefectKind.WRONG_TIMEZONE, Severity.REFUSE, count, row, ts, sentence)
