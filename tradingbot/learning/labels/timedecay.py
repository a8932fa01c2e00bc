# file: learning/labels/timedecay.py
"""Let old labels say less than new ones."""

from __future__ import annotations

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Floats

__all__ = ["time_decay"]


def time_decay(uniqueness: Floats, oldest: float) -> Floats:
    """Return a weight for each label [m], in order of time, that rises linearly in cumulated uniqueness to 1.

    `oldest` from 0 to 1 is the weight at cumulated uniqueness 0; 1 is no decay. Below 0 the oldest share of -`oldest`
    weighs nothing, and the line starts there. Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018,
    section 4.7.

    Raises
    ------
    BadInput
        When `oldest` is not from -1 (excluded) to 1, or a uniqueness is not above 0.
    """
    if not -1 < oldest <= 1:
        raise BadInput(f"oldest was {oldest:g}, allowed is above -1 up to 1")
    if not (uniqueness > 0).all():
        raise BadInput("a uniqueness was 0 or less, allowed is above 0")
    if not len(uniqueness):
        return np.empty(0)
    passed = np.cumsum(uniqueness)
    whole = float(passed[-1])
    slope = (1 - oldest) / whole if oldest >= 0 else 1 / ((1 + oldest) * whole)
    return np.asarray(np.maximum(0.0, 1 - slope * (whole - passed)), dtype=np.float64)
