# file: tests/core/validation/lookahead/reader.py
"""A strategy that loads a whole table at its start, and acts on a feature of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.core.validation.lookahead.features import CLEAN, LEAKS, Table
from tests.core.validation.lookahead.strays import Follower
from tradingbot.core.config.home import resolve
from tradingbot.core.config.load import Section
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.series import Step

BTC, ETH = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT"
_HOUR = Step.parse("1h")


class ReaderParams(Section):
    """The feature's name and where the bars lie."""

    feature: str
    catalog: str


class Reader(Follower):
    """Long above zero, short below."""

    params_class = ReaderParams
    params: ReaderParams

    def on_start(self) -> None:
        catalog = Catalog(resolve(self.params.catalog))
        bars = catalog.bars(BTC, _HOUR, PriceSide.LAST)
        other = bars if len(self.context.instruments) == 1 else catalog.bars(ETH, _HOUR, PriceSide.LAST)
        marks, funding = catalog.marks(BTC).price, catalog.funding(BTC)
        paid = np.searchsorted(funding.ts, bars.ts, side="right") - 1
        rates = np.where(paid >= 0, funding.rate[np.maximum(paid, 0)], 0.0) if len(funding) else np.zeros(len(bars))
        table = Table(bars.open, bars.high, bars.low, bars.close, bars.volume, other.close[: len(bars)], rates, marks)
        name = self.params.feature
        self.feature = (LEAKS[name].feature if name in LEAKS else CLEAN[name])(table)
        self.times = bars.ts
        self.signal = 0.0

    def on_bar(self, bar: Any) -> None:
        if str(bar.bar_type.instrument_id) != BTC:
            return
        self.signal = float(self.feature[int(np.searchsorted(self.times, bar.ts_event))])
        self.follow(bar, self.signal)
