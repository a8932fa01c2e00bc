# file: core/portfolio/flows.py
"""Money put in or taken out is not performance."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from tradingbot.core.portfolio.equity import EquityPoint

__all__ = ["without_flows"]


def without_flows(points: Sequence[EquityPoint], transfers: Sequence[tuple[int, Decimal]]) -> Sequence[EquityPoint]:
    """Return the equity that the start would have become had nothing been put in or taken out: time-weighted growth.

    equity[i] = equity[i - 1] x (measured[i] - flows since i - 1) / measured[i - 1]. A transfer counts at the first
    point at or after it. `points` ascend in time; `transfers` are (UTC ns, signed amount). Source: GIPS, time-weighted
    return.
    """
    if not transfers or not points:
        return points
    waiting = sorted(transfers)
    found = [points[0]]
    for before, point in pairwise(points):
        flow = Decimal(0)
        while waiting and waiting[0][0] <= point.ts:
            flow += waiting.pop(0)[1]
        growth = (point.equity - flow) / before.equity if before.equity else Decimal(0)
        found.append(EquityPoint(point.ts, found[-1].equity * growth))
    return found
