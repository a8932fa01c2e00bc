# file: core/portfolio/equity.py
"""Equity curve: points, a value per trading day, daily returns, and growth without deposits and withdrawals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.time import DAY, YEAR, to_iso

_THURSDAY = 3  # 1970-01-01, counted from Monday = 0


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """Equity (cash plus open profit, account currency) at `ts`, UTC nanoseconds."""

    ts: int
    equity: Decimal

    def to_dict(self) -> dict[str, object]:
        return {"time": to_iso(self.ts), "equity": float(self.equity)}


def daily_equity(points: Sequence[EquityPoint], days_per_year: int) -> tuple[Ints, Floats]:
    """Return the equity at the end of every trading day, so that returns of all lanes are measured on one clock.

    The first value is the first point, the base of the first return. Then follows the last equity known at each
    00:00 UTC, and the last point, which ends the last day early when the run stopped in between. With fewer than 365
    `days_per_year` Saturdays and Sundays are not days: what happens on them belongs to Monday. Of several `points` at
    one instant the last counts. The result is time stamps (int64 ns) and equities (float64), empty without points.
    """
    ts = np.array([point.ts for point in points], dtype=np.int64)
    equity = np.array([float(point.equity) for point in points], dtype=np.float64)
    if not len(ts):
        return ts, equity
    midnights = np.arange(ts[0] // DAY + 1, -(-ts[-1] // DAY), dtype=np.int64)
    if days_per_year < 365:
        midnights = midnights[(midnights - 1 + _THURSDAY) % 7 < 5]
    stamps = np.concatenate([ts[:1], midnights * DAY, ts[-1:] if ts[-1] > ts[0] else ts[:0]])
    return stamps, equity[np.searchsorted(ts, stamps, side="right") - 1]


def days_a_year(days_per_year: int) -> float:
    """Return how many days `daily_equity` counts in a year of the calendar: 365.25, less weekends where they are none.
    More than the 252 that ratios of such lanes are annualised with, since holidays are days here."""
    return YEAR / DAY * (1 if days_per_year >= 365 else 5 / 7)


def daily_returns(equity: Floats) -> Floats:
    """Return equity[i] / equity[i - 1] - 1; empty when a base is not positive, since ruin has no rate of return."""
    if len(equity) < 2 or np.any(equity[:-1] <= 0):
        return np.empty(0)
    result: Floats = equity[1:] / equity[:-1] - 1.0
    return result


def without_flows(points: Sequence[EquityPoint], transfers: Sequence[tuple[int, Decimal]]) -> Sequence[EquityPoint]:
    """Return the equity that the start would have become had nothing been put in or taken out: time-weighted growth.
    equity[i] = equity[i - 1] x (measured[i] - flows since i - 1) / measured[i - 1]. A transfer counts at the first
    point at or after it. `points` ascend in time; `transfers` are (UTC ns, signed amount). Source: GIPS, time-weighted
    return."""
    if not transfers or not points:
        return points
    waiting = sorted(transfers)
    grown = [points[0]]
    for before, point in pairwise(points):
        flow = Decimal(0)
        while waiting and waiting[0][0] <= point.ts:
            flow += waiting.pop(0)[1]
        growth = (point.equity - flow) / before.equity if before.equity else Decimal(0)
        grown.append(EquityPoint(point.ts, grown[-1].equity * growth))
    return grown
