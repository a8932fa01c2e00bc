# file: tests/venues/bybit/pricepath.py
"""Random walk that can be asked at any moment: fractal noise, a pure function of seed, coin and time.

Octaves of value noise, each twice as slow and the square root of two as wide as the one before, look like Brownian
motion up to the slowest; nothing has to be walked from a beginning, so years of history cost what is asked of them.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]

_OCTAVES = 23  # of five-second ticks: eight months
_STEP = 1.5e-4  # of the log price per tick


def seed_of(*parts: object) -> int:
    """Return 64 bits that name the parts."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:8], "big")


def uniform(seed: int, index: Ints) -> Floats:
    """Return a number in [0, 1) for each index (the finalizer of splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed ^ (mixed >> np.uint64(31))) / 2.0**64


def noise(seed: int, index: Ints, period: int) -> Floats:
    """Return values in [-1, 1], linear between random knots `period` indices apart; `index` is ascending."""
    knots = np.arange(index[0] // period, index[-1] // period + 2)
    return np.interp(index, knots * period, 2 * uniform(seed, knots) - 1)


def walk(seed: int, index: Ints) -> Floats:
    """Return the log price at each index, around zero."""
    total = np.zeros(len(index))
    for octave in range(_OCTAVES):
        total += _STEP * 2 ** (octave / 2) * noise(seed_of(seed, octave), index, 2**octave)
    return total
