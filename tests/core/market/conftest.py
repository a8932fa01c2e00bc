# file: tests/core/market/conftest.py
"""Instruments and rows that the tests of the catalog share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Columns, Funding, Kind, Marks, Quotes, Trades
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.time import MINUTE

type Maker = Callable[[Kind, list[int]], Columns]

START = 1_735_689_600_000_000_000


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "catalog", create=True)


@pytest.fixture(scope="session")
def perpetual() -> Any:
    return load_listing("BTCUSDT-LINEAR.BYBIT").instrument


@pytest.fixture(scope="session")
def rows() -> Maker:
    """Make rows of a kind that follow from the minute alone: any two makers agree where they overlap."""
    return made


def made(kind: Kind, minutes: list[int]) -> Columns:
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
