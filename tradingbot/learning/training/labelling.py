# file: learning/training/labelling.py
"""Labelling: rows by direction that pays, or by whether the strategy's own trades paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.errors import BadInput
from tradingbot.learning.features.featurestream import FeatureTable
from tradingbot.learning.labels.triplebarrier import (
    barrier_width,
    decidable,
    direction,
    long_and_short,
    meta,
    span_ends,
)
from tradingbot.learning.models.samples import Samples


def direction_samples(pieces: Sequence[FeatureTable], recipe: ModelRecipe) -> Samples:
    """Return the rows of every instrument in order of time.

    A decision is made every `recipe.every` bars. y is 1 where only a long pays, 0 where only a short does, -1 (never
    fitted, always counted) where neither or both do.
    """
    return Samples.join([_direction_rows(piece, number, recipe) for number, piece in enumerate(pieces)])


def _direction_rows(piece: FeatureTable, number: int, recipe: ModelRecipe) -> Samples:
    barriers, bars = recipe.barriers, piece.slice.bars
    events = decidable(len(bars), piece.warm[:: recipe.every], barriers.horizon)
    width = barrier_width(piece.volatility[events], barriers)
    long, short = long_and_short(bars, events, width, barriers, piece.slice.cost)
    side = direction(long, short)
    return Samples(
        x=piece.values[events],
        y=np.where(side == 0, -1, side > 0).astype(np.int8),
        weight=np.ones(len(events)),
        starts=bars.ts[events],
        ends=span_ends(long, short),
        net_up=long.net,
        net_down=short.net,
        instrument=np.full(len(events), number, dtype=np.int64),
    )


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


def metalabel_samples(pieces: Sequence[FeatureTable], primary: Primary) -> Samples:
    """Return one row per trade in order of time: the features at the close before its entry, and its side, last.

    y is 1 where the trade paid. Source: Lopez de Prado (2018), section 3.6.

    Raises BadInput when no trade has features.
    """
    parts = []
    for number, piece in enumerate(pieces):
        mine = np.flatnonzero([name == piece.slice.instrument for name in primary.instrument])
        parts.append(_metalabel_rows(piece, number, primary, mine))
    samples = Samples.join(parts)
    if not len(samples):
        raise BadInput(
            f"the strategy closed {len(primary.side)} trades, none of them with warm features; nothing to learn"
        )
    return samples


def _metalabel_rows(piece: FeatureTable, number: int, primary: Primary, mine: Ints) -> Samples:
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
