# file: learning/models/odds.py
"""Turn probabilities into log-odds, which members are stacked by, and back."""

from __future__ import annotations

import numpy as np

from tradingbot.core.statistics.arrays import Floats

__all__ = ["log_odds", "sigmoid"]

_EDGE = 1e-9


def log_odds(probability: Floats) -> Floats:
    """Return log(p / (1 - p)), p first brought 1e-9 away from 0 and 1."""
    inside = np.clip(probability, _EDGE, 1 - _EDGE)
    odds: Floats = np.log(inside) - np.log1p(-inside)
    return odds


def sigmoid(odds: Floats) -> Floats:
    """Return 1 / (1 + exp(-odds)) without overflow."""
    found: Floats = np.exp(-np.logaddexp(0, -odds))
    return found
