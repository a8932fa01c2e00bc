# file: tests/core/market/testchunks.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.market.arrays import Bars, Marks, PriceSide
from tradingbot.core.market.chunks import CHUNK_ROWS, Chunk, cut, grouped, join, parts, rebuild, stamps, take


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
