# file: learning/labels/meta.py
"""Label a decision whose side is given by whether it paid."""

from __future__ import annotations

import numpy as np

from tradingbot.core.market.arrays import Floats
from tradingbot.learning.labels.triplebarrier import Sides

__all__ = ["meta"]


def meta(net: Floats) -> Sides:
    """Return 1 where the net return is above 0, else 0: [m].

    Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018, section 3.6.
    """
    return np.where(net > 0, 1, 0).astype(np.int8)
