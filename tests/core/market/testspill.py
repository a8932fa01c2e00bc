# file: tests/core/market/testspill.py
from __future__ import annotations

import numpy as np

from tradingbot.core.market.arrays import Bars, PriceSide, Trades
from tradingbot.core.market.chunks import Chunk, parts
from tradingbot.core.market.spill import Spill


def same(left: Chunk, right: Chunk) -> bool:
    return all(
        getattr(one, name).tolist() == getattr(other, name).tolist()
        for one, other in zip(parts(left), parts(right), strict=True)
        for name in type(one).__dataclass_fields__
    )


def test_what_was_kept_is_read_back_in_parts() -> None:
    trades = Trades(
        np.arange(5), np.arange(5.0), np.ones(5), np.ones(5, np.int8), np.array(["a", "bb", "ccc", "", "e"])
    )
    bars = Bars(np.arange(3), *(np.arange(3.0) + column for column in range(5)))
    sides: Chunk = {PriceSide.BID: bars, PriceSide.ASK: bars.take(slice(None, None, -1))}
    with Spill() as spill:
        spill.keep(trades)
        spill.keep(sides)
        assert (len(spill), spill.rows(0), spill.rows(1)) == (2, 5, 3)
        assert same(spill.load(0, 1, 3), trades.take(slice(1, 3)))
        assert same(spill.load(0, 4, 99), trades.take(slice(4, 5)))
        assert same(spill.load(1, 0, 3), sides)
