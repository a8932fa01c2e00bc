# file: core/market/decimals.py
"""Fixed-point decimals of the catalog and the engine, to and from floats, and the largest numbers that they hold.

A decimal of scale 16 is `q * 10**(16 - p)` for an integer q where p is the instrument's precision. Writing multiplies,
reading divides exactly: shift the powers of two out, multiply by the inverse of the powers of five modulo 2**64.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from tradingbot.core.arrays import BoolArray, Floats
from tradingbot.core.errors import DataDefect
from tradingbot.core.market.columns import Columns, Funding

_SCALE = 16
_WORD = 2**64
DECIMAL = pa.decimal128(38, _SCALE)

LARGEST_PRICE = 17_014_118_346_046.0
LARGEST_SIZE = 34_028_236_692_093.0
"""The engine's largest price and quantity."""

_SIZES = ("volume", "size", "bid_size", "ask_size")


@dataclass(frozen=True, slots=True)
class Precisions:
    """The decimals of prices and sizes: of an instrument, or a file's own for rows that are written again."""

    price_precision: int
    size_precision: int


def largest(limit: float, precision: int) -> float:
    """Return the largest value of `precision` places within `limit` whose digits fit into 62 bits."""
    return min(2.0**62 / 10.0**precision, limit)


def decimals(values: Floats, precision: int, limit: float = LARGEST_PRICE) -> pa.Array:
    """Return `values` rounded to `precision` places (half to even) as `decimal128(38, 16)`; none is beyond `limit`.

    Raises DataDefect when a value is not finite or too large to hold.
    """
    scaled = np.rint(values * 10.0**precision)
    most = largest(limit, precision)
    if not np.all(np.abs(scaled) <= most * 10.0**precision):
        raise DataDefect(f"a number was not finite or beyond {most:.4g}, which cannot be stored")
    factor = 10 ** (_SCALE - precision)
    words = np.empty((len(scaled), 2), np.uint64)
    low = words[:, 0]
    np.multiply(scaled.astype(np.int64).view(np.uint64), np.uint64(factor), out=low)
    words[:, 1] = np.rint(scaled * (factor / _WORD) - low * (1 / _WORD)).astype(np.int64).view(np.uint64)
    return pa.Array.from_buffers(DECIMAL, len(scaled), [None, pa.py_buffer(words)])


def snapped(values: Floats, precision: int) -> Floats:
    """Return the floats nearest to what `decimals` would store: what anyone who reads it back sees."""
    return np.asarray(np.rint(values * 10.0**precision) / 10.0**precision, dtype=np.float64)


def floats(column: pa.ChunkedArray, precision: int | None) -> Floats:
    """Return a stored column as the floats nearest to its decimals.

    `precision` is what it was written with; without it the way is slower.
    """
    if precision is None or column.type != DECIMAL or column.null_count or not len(column):
        return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
    return np.concatenate([_divided(chunk, precision) for chunk in column.chunks])


def _divided(chunk: pa.Array, precision: int) -> Floats:
    words = np.frombuffer(chunk.buffers()[1], np.uint64)[2 * chunk.offset : 2 * (chunk.offset + len(chunk))]
    low, high, power = words[0::2], words[1::2], _SCALE - precision
    shifted = (low >> np.uint64(power)) | (high << np.uint64(64 - power)) if power else low.copy()
    shifted *= np.uint64(pow(5**power, -1, _WORD))
    return np.asarray(shifted.view(np.int64) / 10.0**precision, np.float64)


def numbers(part: Columns) -> Iterator[tuple[str, Floats, bool]]:
    """Yield (column, values, whether they are sizes) of every price and size; of funding there are none."""
    if not isinstance(part, Funding):
        for field in fields(part)[1:]:
            if (values := getattr(part, field.name)).dtype.kind == "f":
                yield field.name, values, field.name in _SIZES


def beyond(part: Columns, precisions: Precisions) -> Iterator[tuple[str, Floats, BoolArray, float]]:
    """Yield (column, values, mask, largest) where finite values are larger than the engine's largest."""
    for name, values, is_size in numbers(part):
        limit = (LARGEST_SIZE, precisions.size_precision) if is_size else (LARGEST_PRICE, precisions.price_precision)
        most = largest(*limit)
        mask = np.isfinite(values) & (np.abs(values) > most)
        if mask.any():
            yield name, values, mask, most
