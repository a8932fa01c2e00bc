# file: tests/core/market/testsorting.py
from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.market.arrays import Trades
from tradingbot.core.market.chunks import cut, join
from tradingbot.core.market.sorting import in_order


def numbered(times: list[int]) -> Trades:
    """Trades whose size and id tell their place in the file."""
    rows, place = np.arange(len(times)), np.arange(len(times), dtype=np.float64)
    return Trades(np.array(times, np.int64), place, place, np.ones(len(times), np.int8), rows.astype(np.str_))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=60), st.integers(1, 20))
def test_order_is_that_of_a_stable_sort(times: list[int], rows: int) -> None:
    whole = numbered(times)
    found = join(list(in_order(cut(whole, rows))))
    assert isinstance(found, Trades)
    order = np.argsort(whole.ts, kind="stable")
    assert found.trade_id.tolist() == whole.trade_id[order].tolist()
    assert found.size.tolist() == whole.size[order].tolist()


def test_many_pieces_larger_than_a_block_are_merged() -> None:
    rng = np.random.default_rng(5)
    whole = numbered(rng.integers(0, 5_000, 40_000).tolist())
    found = join(list(in_order(cut(whole, 3_000))))
    assert isinstance(found, Trades)
    assert found.trade_id.tolist() == whole.trade_id[np.argsort(whole.ts, kind="stable")].tolist()


def test_nothing_is_sorted_to_nothing() -> None:
    assert list(in_order(iter([]))) == []
