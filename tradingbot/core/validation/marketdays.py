# file: core/validation/marketdays.py
"""What the market did each day, for telling calm from wild."""

from __future__ import annotations

import numpy as np

from tradingbot.core.portfolio.isotime import DAY
from tradingbot.core.runtime.market import Market
from tradingbot.core.validation.evidence import Floats, Ints

__all__ = ["market_days"]


def market_days(market: Market) -> tuple[Ints, Floats]:
    """Return the midnights that end the days (int64 UTC ns) and the mean absolute log return of the instruments.

    A day's return is from the last close before it to its own last close; a day without bars is not there.
    """
    by_day: dict[int, list[float]] = {}
    for source in market.sources:
        bars = source.read(market.start, market.end)[0]
        days = -(-bars.ts // DAY) * DAY
        last = np.flatnonzero(np.diff(days, append=days[-1:] + DAY))
        moves = np.abs(np.diff(np.log(bars.close[last])))
        for day, move in zip(days[last][1:].tolist(), moves.tolist(), strict=True):
            by_day.setdefault(day, []).append(move)
    days_found = np.array(sorted(by_day), dtype=np.int64)
    return days_found, np.array([float(np.mean(by_day[day])) for day in days_found.tolist()])
