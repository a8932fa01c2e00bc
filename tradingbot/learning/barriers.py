# file: learning/barriers.py
"""Say how far the barriers of a decision lie, in training and in trading."""

from __future__ import annotations

import numpy as np

from tradingbot.core.config.recipe import BarrierSpec
from tradingbot.core.market.arrays import Floats

__all__ = ["reach_of"]


def reach_of(volatility: Floats, barriers: BarrierSpec) -> Floats:
    """Return the reach as a fraction of the price, from the volatility of one bar (any shape).

    barriers.reach * volatility * sqrt(barriers.horizon), between `barriers.least` and `barriers.most`.
    """
    reach = barriers.reach * volatility * np.sqrt(barriers.horizon)
    return np.asarray(np.clip(reach, barriers.least, barriers.most), dtype=np.float64)
