# file: tests/core/market/catalog/testmerging.py
from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.catalog.merging import Reader, merged, windows
from tradingbot.core.market.columns import Columns, Funding, Kind, Trades
from tradingbot.core.market.series import Series
from tradingbot.core.time import HOUR

T0 = 1_735_689_600_000_000_000
TRADES = Series(Kind.TRADES, "X.Y")
FUNDING = Series(Kind.FUNDING, "X.Y")


def trades(*rows: tuple[int, float]) -> Trades:
    ts = np.array([stamp for stamp, _price in rows], np.int64)
    price = np.array([price for _stamp, price in rows], np.float64)
    return Trades(ts, price, np.ones(len(rows)), np.ones(len(rows), np.int8), ts.astype(np.str_))


def funding(*rows: tuple[int, float]) -> Funding:
    ts, rate = np.array([stamp for stamp, _rate in rows], np.int64), np.array([rate for _stamp, rate in rows])
    return Funding(ts, rate, np.full(len(rows), 480))


def reader(rows: Columns) -> Reader:
    return lambda start, end: rows.take((rows.ts >= start) & (rows.ts <= end))


def lay(series: Series, old: Columns, new: Columns, spans: list[tuple[int, int]]) -> tuple[Columns, int]:
    parts = list(merged(series, reader(old), reader(new), spans))
    return type(old).join([rows for rows, _fresh in parts]), sum(int(fresh.sum()) for _rows, fresh in parts)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=1),
    st.integers(1, 20),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_windows_cover_all_the_time_once(groups: list[tuple[int, int]], rows: int, before: int, after: int) -> None:
    first, last = min(end for end, _ in groups) - before, max(end for end, _ in groups) + after
    found = windows(first, last, groups, rows)
    assert (found[0][0], found[-1][1]) == (first, last)
    assert all(start <= end for start, end in found)
    assert all(one[1] + 1 == other[0] for one, other in pairwise(found))


# Two files of one truth: stamps may repeat, and each file has all or none of the rows of a stamp.
TRUTH = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 3)), min_size=1).map(sorted)
PART = st.sets(st.integers(0, 30), min_size=1)


@given(TRUTH, PART, PART, st.integers(1, 31))
def test_two_parts_of_one_truth_make_their_union(
    truth: list[tuple[int, int]], left: set[int], right: set[int], width: int
) -> None:
    old = trades(*((ts, float(price)) for ts, price in truth if ts in left))
    new = trades(*((ts, float(price)) for ts, price in truth if ts in right))
    spans = [(start, start + width - 1) for start in range(0, 31, width)]
    rows, added = lay(TRADES, old, new, spans)
    wanted = [(ts, float(price)) for ts, price in truth if ts in left | right]
    assert isinstance(rows, Trades)
    assert list(zip(rows.ts.tolist(), rows.price.tolist(), strict=True)) == wanted
    assert added == len(wanted) - len(old)


def test_the_first_row_that_differs_or_is_there_more_often_is_named() -> None:
    old, new = trades((T0, 1.0), (T0 + HOUR, 2.0), (T0 + 2 * HOUR, 3.0)), trades((T0 + HOUR, 2.0), (T0 + 2 * HOUR, 4.0))
    with pytest.raises(DataDefect, match="first at 2025-01-01 02:00:00, where price was 3 and is 4") as caught:
        lay(TRADES, old, new, [(T0, T0 + 2 * HOUR)])
    assert "between 2025-01-01 00:00:00 and 2025-01-01 02:00:00" in str(caught.value)
    with pytest.raises(DataDefect, match="first at 2025-01-01 01:00:00"):
        lay(TRADES, trades((T0, 1.0), (T0 + HOUR, 2.0)), trades((T0 + HOUR, 2.0), (T0 + HOUR, 2.0)), [(T0, T0 + HOUR)])


def test_trades_numbered_otherwise_and_settlements_some_milliseconds_late_are_the_same() -> None:
    old = trades((T0, 1.0))
    new = Trades(old.ts, old.price, old.size, old.aggressor, np.array(["other"]))
    assert lay(TRADES, old, new, [(T0, T0)])[1] == 0
    due, late = funding((T0, 1e-4), (T0 + 8 * HOUR, 2e-4)), funding((T0 + 7_000_000, 1e-4), (T0 + 16 * HOUR, 3e-4))
    rows, added = lay(FUNDING, due, late, [(T0, T0 + 16 * HOUR)])
    assert (rows.ts.tolist(), added) == ([T0, T0 + 8 * HOUR, T0 + 16 * HOUR], 1)
