# file: tests/core/market/rowsfixture.py
"""Rows of every kind and their series, which the tests of the catalog share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

import numpy as np

from tradingbot.core.market.columns import Bars, Columns, Funding, Kind, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.series import Series, Step
from tradingbot.core.time import MINUTE

NAME = "BTCUSDT-LINEAR.BYBIT"
START = 1_735_689_600_000_000_000


def ns(text: str) -> int:
    return int(np.datetime64(text, "ns").astype(np.int64))


def series(kind: Kind) -> Series:
    return Series(kind, NAME, Step(1, "m"), PriceSide.LAST) if kind is Kind.BARS else Series(kind, NAME)


def same(left: Columns, right: Columns) -> bool:
    return all(np.array_equal(getattr(left, field.name), getattr(right, field.name)) for field in fields(left))


def rows(kind: Kind, minutes: Iterable[int]) -> Columns:
    """Make rows of a kind that follow from the minute alone: any two calls agree where they overlap."""
    numbers = np.array(sorted(minutes), np.int64)
    ts = START + numbers * MINUTE
    price = np.asarray((400_000 + numbers % 97) / 10, np.float64)
    size = np.asarray((1_000 + numbers % 7) / 1_000, np.float64)
    match kind:
        case Kind.BARS:
            return Bars(ts, price, np.round(price + 1, 1), np.round(price - 1, 1), price, size)
        case Kind.QUOTES:
            return Quotes(ts, price, np.round(price + 0.1, 1), size, np.round(size + 1, 3))
        case Kind.TRADES:
            sides = np.array([-1, 0, 1], np.int8)[numbers % 3]
            return Trades(ts, price, size, sides, numbers.astype(np.str_))
        case Kind.FUNDING:
            return Funding(ts, np.asarray((numbers % 11 - 5) / 1e5, np.float64), np.full(len(ts), 480))
        case Kind.MARKS:
            return Marks(ts, price)
