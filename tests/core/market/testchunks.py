# file: tests/core/market/testchunks.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.rowsfixture import same
from tradingbot.core.market.chunks import (
    CHUNK_ROWS,
    Chunk,
    Spill,
    cut,
    grouped,
    join,
    parts,
    rebuild,
    sorted_by_time,
    stamps,
    take,
)
from tradingbot.core.market.columns import Bars, Marks, PriceSide, Trades


def marks(rows: int) -> Marks:
    return Marks(np.arange(rows), np.arange(rows, dtype=np.float64))


def sides(rows: int) -> dict[PriceSide, Bars]:
    bars = Bars(np.arange(rows), *(np.arange(rows, dtype=np.float64) for _ in range(5)))
    return {PriceSide.BID: bars, PriceSide.ASK: bars}


@pytest.mark.parametrize("chunk", [marks(5), sides(5)])
def test_parts_are_put_together_again(chunk: Chunk) -> None:
    again = rebuild(chunk, parts(chunk))
    assert type(again) is type(chunk)
    assert stamps(take(again, slice(1, 3))).tolist() == [1, 2]


@settings(max_examples=20)
@given(rows=st.integers(1, 40), size=st.integers(1, 50))
def test_cutting_and_joining_gives_the_same_rows(rows: int, size: int) -> None:
    pieces = list(cut(sides(rows), size))
    assert max(len(stamps(piece)) for piece in pieces) <= size
    assert stamps(join(pieces)).tolist() == list(range(rows))


@pytest.mark.parametrize("sizes", [[3, 4], [CHUNK_ROWS * 2 + 1], [CHUNK_ROWS // 3] * 9, [1, CHUNK_ROWS, 1]])
def test_grouped_chunks_are_large_but_bounded(sizes: list[int]) -> None:
    found = [len(stamps(chunk)) for chunk in grouped(marks(size) for size in sizes)]
    assert sum(found) == sum(sizes)
    assert max(found) <= CHUNK_ROWS
    assert all(rows > CHUNK_ROWS // 2 for rows in found[:-1])


def same_parts(left: Chunk, right: Chunk) -> bool:
    return all(same(one, other) for one, other in zip(parts(left), parts(right), strict=True))


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
        assert same_parts(spill.load(0, 1, 3), trades.take(slice(1, 3)))
        assert same_parts(spill.load(0, 4, 99), trades.take(slice(4, 5)))
        assert same_parts(spill.load(1, 0, 3), sides)


def numbered(times: list[int]) -> Trades:
    """Trades whose size and id tell their place in the file."""
    rows, place = np.arange(len(times)), np.arange(len(times), dtype=np.float64)
    return Trades(np.array(times, np.int64), place, place, np.ones(len(times), np.int8), rows.astype(np.str_))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=60), st.integers(1, 20))
def test_order_is_that_of_a_stable_sort(times: list[int], rows: int) -> None:
    whole = numbered(times)
    found = join(list(sorted_by_time(cut(whole, rows))))
    assert isinstance(found, Trades)
    order = np.argsort(whole.ts, kind="stable")
    assert found.trade_id.tolist() == whole.trade_id[order].tolist()
    assert found.size.tolist() == whole.size[order].tolist()


def test_many_pieces_larger_than_a_block_are_merged_and_nothing_is_sorted_to_nothing() -> None:
    rng = np.random.default_rng(5)
    whole = numbered(rng.integers(0, 5_000, 40_000).tolist())
    found = join(list(sorted_by_time(cut(whole, 3_000))))
    assert isinstance(found, Trades)
    assert found.trade_id.tolist() == whole.trade_id[np.argsort(whole.ts, kind="stable")].tolist()
    assert list(sorted_by_time(iter([]))) == []
