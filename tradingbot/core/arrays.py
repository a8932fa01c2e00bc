# file: core/arrays.py
"""Array types that every numeric room names, and a check that all numbers are finite."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import BadInput

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def finite(values: npt.ArrayLike, name: str, dimensions: int = 1) -> Floats:
    """Return `values` as float64 with `dimensions` axes, all of them finite.

    Raises BadInput: The number of axes differs, or a value is NaN or infinite; `name` says which argument it was.
    """
    array: Floats = np.asarray(values, dtype=np.float64)
    if array.ndim != dimensions:
        raise BadInput(f"{name} had {array.ndim} dimensions, allowed is {dimensions}")
    bad = array.size - int(np.isfinite(array).sum())
    if bad:
        raise BadInput(f"{name} had {bad:,} of {array.size:,} values that were not finite, allowed is none")
    return array
