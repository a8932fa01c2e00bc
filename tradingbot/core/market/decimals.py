# file: core/market/decimals.py
"""Floats into the catalog's and the engine's 128-bit decimals, vectorised."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.arrays import Floats

__all__ = ["DECIMAL", "decimals"]

DECIMAL = pa.decimal128(38, 16)
_LIMIT = float(2**62)


def decimals(values: Floats, precision: int) -> pa.Array:
    """Return `values` rounded to `precision` places (half to even) as `decimal128(38, 16)`.

    Raises
    ------
    DataDefect
        When a value is not finite or too large to hold.
    """
    scaled = np.rint(values * 10.0**precision)
    if not np.all(np.abs(scaled) < _LIMIT):
        raise DataDefect(f"a number was not finite or above {_LIMIT / 10.0**precision:.3g}, which cannot be stored")
    whole = scaled.astype(np.int64)
    words = np.empty((len(whole), 2), np.int64)
    words[:, 0] = whole
    words[:, 1] = whole >> 63
    narrow = pa.Array.from_buffers(pa.decimal128(38, precision), len(whole), [None, pa.py_buffer(words)])
    return narrow.cast(DECIMAL)
