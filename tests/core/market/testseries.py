# file: tests/core/market/testseries.py
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.series import Series, Step, file_name, interval_of

_LAST = 4_102_444_800_000_000_000


@given(st.integers(0, _LAST), st.integers(0, _LAST))
def test_a_file_name_tells_its_interval(first: int, last: int) -> None:
    assert interval_of(Path(file_name(first, last))) == (first, last)


def test_a_file_name_is_nautilus_own_and_another_is_refused() -> None:
    name = file_name(1_735_689_600_000_000_000, 1_735_689_660_000_000_001)
    assert name == "2025-01-01T00-00-00-000000000Z_2025-01-01T00-01-00-000000001Z.parquet"
    with pytest.raises(ValueError, match=r"mine\.parquet is not a catalog file name"):
        interval_of(Path("mine.parquet"))


def test_folders_leave_the_slash_of_a_pair_out_and_only_bars_have_a_bar_type() -> None:
    series = Series(Kind.BARS, "EUR/USD.IDEALPRO", Step(1, "h"), PriceSide.BID)
    assert series.folder == Path("data/bars/EURUSD.IDEALPRO-1-HOUR-BID-EXTERNAL")
    assert Series(Kind.QUOTES, "EUR/USD.IDEALPRO").folder == Path("data/quotes/EURUSD.IDEALPRO")
    assert str(series) == "EUR/USD.IDEALPRO bars 1h BID"
    with pytest.raises(ValueError, match=r"quotes of EUR/USD\.IDEALPRO have no bar type"):
        _ = Series(Kind.QUOTES, "EUR/USD.IDEALPRO").bar_type
