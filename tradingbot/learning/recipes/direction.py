# file: learning/recipes/direction.py
"""Which side pays? One row per decision, labelled by what a long and a short would have brought, net of costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradingbot.core.config.recipe import ModelRecipe
from tradingbot.learning.barriers import reach_of
from tradingbot.learning.datasets import Featured
from tradingbot.learning.labels.direction import direction, span_ends
from tradingbot.learning.labels.triplebarrier import Outcome, decidable, triple_barrier
from tradingbot.learning.models.samples import Samples

__all__ = ["direction_samples"]


def direction_samples(pieces: Sequence[Featured], recipe: ModelRecipe) -> Samples:
    """Return the rows of every instrument in order of time.

    A decision is made every `recipe.every` bars. y is 1 where only a long pays, 0 where only a short does, -1 (never
    fitted, always counted) where neither or both do.
    """
    return Samples.join([_of(piece, number, recipe) for number, piece in enumerate(pieces)])


def _of(piece: Featured, number: int, recipe: ModelRecipe) -> Samples:
    barriers, bars = recipe.barriers, piece.slice.bars
    events = decidable(len(bars), piece.warm[:: recipe.every], barriers.horizon)
    reach = reach_of(piece.volatility[events], barriers)

    def taken(side: int) -> Outcome:
        sides = np.full(len(events), side, dtype=np.int8)
        return triple_barrier(
            bars,
            events,
            sides,
            reach,
            target=barriers.target,
            stop=barriers.stop,
            horizon=barriers.horizon,
            cost=piece.slice.cost,
        )

    long, short = taken(1), taken(-1)
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
