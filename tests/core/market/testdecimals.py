# file: tests/core/market/testdecimals.py
from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.decimals import DECIMAL, LARGEST_PRICE, decimals, floats


@given(st.integers(0, 16), st.lists(st.integers(-(2**50), 2**50), min_size=1, max_size=20))
def test_what_is_written_reads_back_as_the_nearest_float(precision: int, whole: list[int]) -> None:
    values = np.array([each / 10**precision for each in whole if abs(each) < LARGEST_PRICE / 2 * 10.0**precision])
    stored = decimals(values, precision)

    assert stored.to_pylist() == [Decimal(round(each * 10.0**precision)).scaleb(-precision) for each in values.tolist()]
    assert np.array_equal(floats(pa.chunked_array([stored]), precision), values)
    assert np.allclose(floats(pa.chunked_array([stored]), None), values, rtol=1e-15, atol=0)


def test_a_slice_reads_its_own_rows_and_an_empty_column_and_nulls_are_read_the_slow_way() -> None:
    stored = decimals(np.array([1.5, -2.5, 3.5, 4.5]), 1)
    column = pa.chunked_array([stored[1:3], stored[3:]])
    assert floats(column, 1).tolist() == [-2.5, 3.5, 4.5]
    assert floats(pa.chunked_array([], DECIMAL), 2).tolist() == []
    assert np.isnan(floats(pa.chunked_array([pa.array([None], DECIMAL)]), 2)[0])


def test_half_a_step_rounds_to_even() -> None:
    assert decimals(np.array([0.5, 1.5, 2.5]), 0).to_pylist() == [0, 2, 2]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e14])
def test_what_the_engine_cannot_hold_is_refused(value: float) -> None:
    with pytest.raises(DataDefect, match="not finite or beyond"):
        decimals(np.array([1.0, value]), 2)
