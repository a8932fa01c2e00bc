# file: tests/core/market/checks/testspikes.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.arrays import Floats
from tradingbot.core.market.checks.defects import Defect, Rows
from tradingbot.core.market.checks.spikes import BLOCK_ROWS, SpikeChecks
from tradingbot.core.market.columns import Marks


def walk(rows: int, scale: float) -> Floats:
    return np.asarray(100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, scale, rows))), np.float64)


def spikes(price: Floats) -> list[Defect]:
    found = SpikeChecks()
    ts = np.arange(len(price))
    found.feed(Rows(Marks(ts, price), ts, 0))
    return found.defects()


@pytest.mark.parametrize(("scale", "factor", "sign"), [(0.001, 10.0, "+900.0%"), (0.0001, 0.98, "-2.0%")])
def test_a_jump_is_measured_against_the_block_before(scale: float, factor: float, sign: str) -> None:
    price = walk(4 * BLOCK_ROWS, 0.0)
    price *= walk(4 * BLOCK_ROWS, scale)
    price[900:] *= factor
    price[900] = price[899] * factor
    (defect,) = spikes(price)
    assert (defect.count, defect.first_row, sign in defect.sentence) == (1, 900, True)


def test_a_volatile_market_has_no_spikes_nor_absent_prices_where_a_calm_one_has() -> None:
    calm, volatile = walk(2 * BLOCK_ROWS, 0.0005), walk(2 * BLOCK_ROWS, 0.01)
    assert spikes(volatile) == []
    calm[700:] *= 1.03
    assert len(spikes(calm)) == 1
    price = walk(BLOCK_ROWS, 0.001)
    price[[5, 6, 100]] = np.nan, 0.0, np.inf
    assert spikes(price) == []


def test_later_rows_do_not_change_what_was_a_spike() -> None:
    price = walk(2 * BLOCK_ROWS, 0.001)
    price[600:] *= 1.2
    volatile = np.concatenate([price, price[-1] * walk(BLOCK_ROWS, 0.05) / 100])
    first, second = spikes(price)[0], spikes(volatile)[0]
    assert (first.first_row, second.first_row) == (600, 600)
