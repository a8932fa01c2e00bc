# file: core/market/ranges.py
"""Which numbers are beyond what the engine holds, column by column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from tradingbot.core.market.arrays import Columns, Floats, Funding
from tradingbot.core.market.checking.tally import Mask
from tradingbot.core.market.decimals import LARGEST_PRICE, LARGEST_SIZE, largest

__all__ = ["beyond", "numbers"]

_SIZES = ("volume", "size", "bid_size", "ask_size")


def numbers(part: Columns) -> Iterator[tuple[str, Floats, bool]]:
    """Yield (column, values, whether they are sizes) of every price and size; of funding there are none."""
    if not isinstance(part, Funding):
        for field in fields(part)[1:]:
            if (values := getattr(part, field.name)).dtype.kind == "f":
                yield field.name, values, field.name in _SIZES


def beyond(part: Columns, precisions: Any) -> Iterator[tuple[str, Floats, Mask, float]]:
    """Yield (column, values, mask, largest) where finite values are larger than the engine's largest.

    `precisions` has the instrument's `price_precision` and `size_precision`.
    """
    for name, values, is_size in numbers(part):
        limit = (LARGEST_SIZE, precisions.size_precision) if is_size else (LARGEST_PRICE, precisions.price_precision)
        most = largest(*limit)
        mask = np.isfinite(values) & (np.abs(values) > most)
        if mask.any():
            yield name, values, mask, most
