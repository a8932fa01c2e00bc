# file: learning/labels/direction.py
"""Label a decision by the side that would have paid."""

from __future__ import annotations

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Ints
from tradingbot.learning.labels.triplebarrier import Outcome, Sides

__all__ = ["direction", "span_ends"]


def direction(long: Outcome, short: Outcome) -> Sides:
    """Return 1 where only a long pays net of costs, -1 where only a short does, 0 where neither or both do: [m].

    Raises
    ------
    BadInput
        When the two are not of the same decisions.
    """
    _check(long, short)
    return np.where(long.net > 0, 1, 0).astype(np.int8) - np.where(short.net > 0, 1, 0).astype(np.int8)


def span_ends(long: Outcome, short: Outcome) -> Ints:
    """Return when the label is known, which is when both outcomes are: [m], UTC ns. Purging goes by it.

    Raises
    ------
    BadInput
        When the two are not of the same decisions.
    """
    _check(long, short)
    return np.maximum(long.ends, short.ends)


def _check(long: Outcome, short: Outcome) -> None:
    if long.ends.shape != short.ends.shape:
        raise BadInput(f"longs were {len(long.ends)}, shorts {len(short.ends)}, allowed is one of each for a decision")
