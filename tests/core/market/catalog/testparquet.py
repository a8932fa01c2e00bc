# file: tests/core/market/catalog/testparquet.py
from __future__ import annotations

from typing import Any, cast

import pytest

from tests.core.market.rowsfixture import rows
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.parquet import series_of
from tradingbot.core.market.columns import Bars, Kind, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Series, Step


def test_a_folder_is_named_by_what_is_in_its_files_and_an_empty_one_holds_nothing(catalog: Catalog) -> None:
    pair = load_listing("EUR/USD.IDEALPRO").instrument
    series = Series(Kind.BARS, "EUR/USD.IDEALPRO", Step(15, "m"), PriceSide.ASK)
    catalog.write_bars(pair, Step(15, "m"), PriceSide.ASK, cast(Bars, rows(Kind.BARS, [15, 30])))
    assert series_of(Kind.BARS, catalog.path / series.folder) == series
    assert series_of(Kind.BARS, catalog.path) is None


@pytest.mark.parametrize("kind", [Kind.QUOTES, Kind.TRADES, Kind.FUNDING, Kind.MARKS])
def test_ticks_are_named_by_their_instrument(catalog: Catalog, perpetual: Any, kind: Kind) -> None:
    series = Series(kind, str(perpetual.id))
    with catalog.writing() as writer:
        writer.add(series, perpetual, rows(kind, [1]))
    assert series_of(kind, catalog.path / series.folder) == series
