# file: tests/core/runtime/testengine.py
from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from nautilus_trader.execution import DefaultFillModel, MakerTakerFeeModel

from tradingbot.core.config.home import config_file
from tradingbot.core.config.lanes import LanesConfig
from tradingbot.core.config.load import load
from tradingbot.core.execution.venuemodels import VenueModels
from tradingbot.core.lane import Lane
from tradingbot.core.market.arrays import Quotes
from tradingbot.core.market.instruments import load as listing
from tradingbot.core.market.wrangle import quote_objects
from tradingbot.core.runtime.engine import build_engine


def test_the_engine_remembers_a_hundred_quotes_of_each_instrument_so_that_thousands_fit_into_memory() -> None:
    venue = load(LanesConfig, config_file("lanes.json")).lanes[Lane.FOREX]
    fees: Any = MakerTakerFeeModel(Decimal(0), Decimal(0))
    fills: Any = DefaultFillModel(1.0, 0.0)
    pair: Any = listing("EUR/USD.IDEALPRO").instrument
    ts = 1_735_689_600_000_000_000 + np.arange(150, dtype=np.int64)
    flat = np.full(150, 1.0)
    engine = build_engine([pair], venue, VenueModels(fees, fills, None, []), Decimal(10_000), True)
    try:
        engine.add_data(quote_objects(pair, Quotes(ts, flat, flat + 0.0001, flat, flat)))
        engine.run()
        cache: Any = engine.cache
        assert len(cache.quotes(pair.id)) == 100
        assert cache.quote(pair.id).ts_event == ts[-1]
    finally:
        engine.dispose()
