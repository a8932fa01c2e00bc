# file: core/statistics/clusters.py
"""Find trades that were held together, because together they are one bet."""

from __future__ import annotations

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Ints

__all__ = ["clusters"]


def clusters(entries: Ints, exits: Ints, gap: int = 0) -> Ints:
    """Return each trade's cluster, numbered from 0 in the order of time: [n].

    Trades whose holding times overlap share one, and so do those that at most `gap` ns lie between; sharing is passed
    on along a chain. With a gap of 0 a trade that enters at the very instant another exits starts a new cluster, unless
    both take no time at all. `entries` and `exits` are int64 ns.

    Raises
    ------
    BadInput
        When an exit lies before its entry, the lengths differ, or `gap` is negative.
    """
    if len(entries) != len(exits) or (exits < entries).any():
        raise BadInput(f"{len(entries)} entries and {len(exits)} exits were given, allowed is an exit at or after each")
    if gap < 0:
        raise BadInput(f"gap was {gap} ns, allowed is 0 or more")
    order = np.lexsort((exits, entries))
    begins, reach = entries[order], np.maximum.accumulate(exits[order])
    apart = begins[1:] - reach[:-1]
    new = (apart > gap) | ((apart == 0) & (begins[1:] > begins[:-1]) & (gap == 0))
    labels = np.empty(len(order), dtype=np.int64)
    labels[order] = np.concatenate([np.zeros(min(len(order), 1), dtype=np.int64), np.cumsum(new)])
    return labels
