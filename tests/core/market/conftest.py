# file: tests/core/market/conftest.py
"""Instruments and rows that the tests of the catalog share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.instruments.listings import load_listing


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "catalog", create=True)


@pytest.fixture(scope="session")
def perpetual() -> Any:
    return load_listing("BTCUSDT-LINEAR.BYBIT").instrument
