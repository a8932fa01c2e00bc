# file: core/statistics/effectivetrades.py
"""Effective number of trades: clusters of overlapping trades and what they are worth as independent ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.uniqueness import average_uniqueness

# Between fewer clusters than this, chance differences look like a correlation inside them.
_FEWEST_CLUSTERS = 30


@dataclass(frozen=True, slots=True)
class Effective:
    """How many independent trades these are worth, in how many clusters, and the correlation of profits inside one."""

    count: float
    clusters: int
    intraclass: float


def clusters(entries: Ints, exits: Ints, gap: int = 0) -> Ints:
    """Return each trade's cluster, numbered from 0 in the order of time: [n].

    Trades whose holding times overlap share one, and so do those that at most `gap` ns lie between; sharing is passed
    on along a chain. With a gap of 0 a trade that enters at the very instant another exits starts a new cluster, unless
    both take no time at all. `entries` and `exits` are int64 ns.

    Raises BadInput when an exit lies before its entry, the lengths differ, or `gap` is negative.
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


def effective_trades(entries: Ints, exits: Ints, pnl: Floats, instruments: Ints) -> Effective:
    """Return the smallest of three counts of independent trades.

    (a) The sum of average uniqueness within each instrument: Lopez de Prado (2018), chapter 4. (b) n / (1 + p r): r is
    the correlation of profits over all pairs of trades in one cluster, clipped to 0 to 1, and p the mean number of such
    partners a trade has (Kish 1965, "Survey Sampling", the design effect; Fisher's pairwise intraclass correlation).
    With fewer than 30 clusters the pairs are those held at the same instant instead. (c) n / (1 + 2 sum of the leading
    autocorrelations of the clusters' mean profits that are significantly above zero). All arrays are [n]: int64 ns for
    times, profits in one currency, numbers that tell instruments apart.

    Raises BadInput when the lengths differ, or an exit lies before its entry.
    """
    n = len(pnl)
    if not n == len(entries) == len(exits) == len(instruments):
        raise BadInput(f"lengths were {len(entries)}, {len(exits)}, {n}, {len(instruments)}, allowed is one for all")
    if not n:
        return Effective(0.0, 0, 0.0)
    labels = clusters(entries, exits)
    kinds = int(labels.max()) + 1
    unique = 0.0
    for instrument in np.unique(instruments):
        mine = instruments == instrument
        unique += float(average_uniqueness(entries[mine], exits[mine]).sum())
    z = _standardised(pnl)
    partners, intraclass = _inside(z, labels) if kinds >= _FEWEST_CLUSTERS else _overlapping(z, entries, exits)
    means = np.bincount(labels, weights=z) / np.bincount(labels)
    count = min(unique, n / (1 + partners * intraclass), n / (1 + 2 * _memory(means)))
    return Effective(count, kinds, intraclass)


def _standardised(pnl: Floats) -> Floats:
    centred = pnl - pnl.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    # Equal profits are wholly alike.
    result: Floats = centred / spread if spread > 1e-12 * float(np.abs(pnl).max()) else np.ones_like(pnl)
    return result


def _inside(z: Floats, labels: Ints) -> tuple[float, float]:
    sizes = np.bincount(labels)
    products = float((np.bincount(labels, weights=z) ** 2).sum() - (z**2).sum())
    return _correlation(products, float((sizes * (sizes - 1)).sum()), len(z))


def _overlapping(z: Floats, entries: Ints, exits: Ints) -> tuple[float, float]:
    order = np.argsort(entries, kind="stable")
    z, begins, ends = z[order], entries[order], exits[order]
    places = np.arange(len(z))
    later = np.maximum(np.searchsorted(begins, ends, side="left"), np.searchsorted(begins, begins, side="right"))
    sums = np.concatenate([[0.0], np.cumsum(z)])
    products = 2 * float((z * (sums[later] - sums[places + 1])).sum())
    return _correlation(products, 2.0 * float((later - places - 1).sum()), len(z))


def _correlation(products: float, pairs: float, n: int) -> tuple[float, float]:
    return (pairs / n, min(max(products / pairs, 0.0), 1.0)) if pairs else (0.0, 0.0)


def _memory(means: Floats) -> float:
    centred = means - means.mean()
    total, energy = 0.0, float(centred @ centred)
    if energy <= 1e-24 * len(means):
        return 0.0
    limit = 1.96 / math.sqrt(len(means))
    for lag in range(1, len(means)):
        correlation = float(centred[:-lag] @ centred[lag:]) / energy
        if correlation <= limit:
            break
        total += correlation
    return total
