# file: learning/recipes/metalabel.py
"""Does an entry of the strategy itself pay? One row per trade it made, labelled by what the trade brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Floats, Ints
from tradingbot.learning.datasets import Featured
from tradingbot.learning.labels.meta import meta
from tradingbot.learning.models.samples import Samples

__all__ = ["Primary", "metalabel_samples"]


@dataclass(frozen=True, slots=True)
class Primary:
    """The closed trades [m] of a strategy that was let through unfiltered.

    `instrument` is the id of each, `side` +1 or -1, `entries` and `exits` int64 UTC ns, `net` its result as a fraction
    of the equity at its entry, after every cost the engine charged.
    """

    instrument: tuple[str, ...]
    side: npt.NDArray[np.int8]
    entries: Ints
    exits: Ints
    net: Floats


def metalabel_samples(pieces: Sequence[Featured], primary: Primary) -> Samples:
    """Return one row per trade in order of time: the features at the close before its entry, and its side, last.

    y is 1 where the trade paid. Source: Lopez de Prado (2018), section 3.6.

    Raises
    ------
    BadInput
        When no trade has features.
    """
    found = []
    by_name: Mapping[str, tuple[int, Featured]] = {
        piece.slice.instrument: (number, piece) for number, piece in enumerate(pieces)
    }
    for name in sorted(set(primary.instrument)):
        number, piece = by_name[name]
        mine = np.array([item == name for item in primary.instrument])
        found.append(_of(piece, number, primary, np.flatnonzero(mine)))
    joined = Samples.join(found) if found else None
    if joined is None or not len(joined.y):
        raise BadInput(
            f"the strategy closed {len(primary.side)} trades, none of them with warm features; nothing to learn"
        )
    return joined


def _of(piece: Featured, number: int, primary: Primary, mine: Ints) -> Samples:
    # An order is sent at a bar's close and filled then (`fast`) or later: the bar is the last to close by the fill.
    rows = np.searchsorted(piece.slice.moments.ts, primary.entries[mine], side="right") - 1
    warm = np.zeros(len(piece.values) + 1, dtype=np.bool_)
    warm[piece.warm] = True
    kept = (rows >= 0) & warm[rows]
    mine, rows = mine[kept], rows[kept]
    net = primary.net[mine]
    return Samples(
        x=np.column_stack([piece.values[rows], primary.side[mine].astype(np.float64)]),
        y=meta(net),
        weight=np.ones(len(rows)),
        starts=piece.slice.moments.ts[rows],
        ends=primary.exits[mine],
        net_up=net,
        net_down=np.full(len(rows), np.nan),
        instrument=np.full(len(rows), number, dtype=np.int64),
    )
