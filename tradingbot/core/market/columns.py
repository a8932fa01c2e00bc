# file: core/market/columns.py
"""Market data columns: the one form between files, checks, the catalog and the engine.

All time stamps are int64 UTC nanoseconds, ascending; all other numbers float64 unless said otherwise; every column of
one object has the same length n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import BoolArray, Floats, Ints


class Kind(StrEnum):
    """What a row is."""

    BARS = "bars"
    QUOTES = "quotes"
    TRADES = "trades"
    FUNDING = "funding"
    MARKS = "marks"


TICKS = (Kind.QUOTES, Kind.TRADES)
"""Kinds of which several rows may share a time stamp."""

OHLC = ("open", "high", "low", "close")
OHLCV = (*OHLC, "volume")


class PriceSide(StrEnum):
    """Which price a bar is made of, in Nautilus' words."""

    LAST = "LAST"
    BID = "BID"
    ASK = "ASK"
    MID = "MID"


@dataclass(frozen=True, slots=True)
class Columns:
    """Equally long columns that can be cut and joined."""

    ts: Ints

    def __len__(self) -> int:
        return len(self.ts)

    def take(self, index: slice | BoolArray | Ints) -> Self:
        """Return the rows `index` selects."""
        return type(self)(*(getattr(self, field.name)[index] for field in fields(self)))

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return the rows of all `parts`, one after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


@dataclass(frozen=True, slots=True)
class Bars(Columns):
    """OHLCV bars stamped at their close: `ts` 00:05 covers 00:00-00:05. Volume is in base units."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    @property
    def ohlc(self) -> tuple[Floats, Floats, Floats, Floats]:
        """The prices in their usual order."""
        return self.open, self.high, self.low, self.close


@dataclass(frozen=True, slots=True)
class Quotes(Columns):
    """Best bid and ask with their sizes."""

    bid: Floats
    ask: Floats
    bid_size: Floats
    ask_size: Floats


@dataclass(frozen=True, slots=True)
class Trades(Columns):
    """Executed trades. `aggressor` is int8: 1 buyer, -1 seller, 0 unknown; `trade_id` is a str column."""

    price: Floats
    size: Floats
    aggressor: npt.NDArray[np.int8]
    trade_id: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Funding(Columns):
    """Funding settlements at `ts`: `rate` a fraction per interval (positive: longs pay), `interval` int64 minutes."""

    rate: Floats
    interval: Ints


@dataclass(frozen=True, slots=True)
class Marks(Columns):
    """Mark prices."""

    price: Floats
