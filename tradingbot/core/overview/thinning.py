# file: core/overview/thinning.py
"""Draw a long curve with few points, without losing its peaks and troughs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

__all__ = ["thinned"]


def thinned(ts: Sequence[int], values: Sequence[float], most: int) -> tuple[tuple[int, float], ...]:
    """Return at most `most` of the points (at least 4): first, last, and the lowest and highest of each stretch.

    `ts` ascends and has the length of `values`.
    """
    count = len(ts)
    if count <= most:
        return tuple(zip(map(int, ts), map(float, values), strict=True))
    heights = np.asarray(values, dtype=np.float64)
    edges = np.linspace(1, count - 1, (most - 2) // 2 + 1).astype(int)
    kept = {0, count - 1}
    for begin, end in pairwise(edges):
        if end > begin:
            part = heights[begin:end]
            kept |= {begin + int(part.argmin()), begin + int(part.argmax())}
    return tuple((int(ts[place]), float(heights[place])) for place in sorted(kept))
