# file: tests/core/market/catalog/testarrow.py
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from nautilus_trader.model import Bar, FundingRateUpdate, MarkPriceUpdate, QuoteTick, TradeTick
from nautilus_trader.serialization import get_arrow_schema_bytes

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.catalog.arrow import LONGEST_ID, empty_columns, from_table, to_table
from tradingbot.core.market.columns import Bars, Columns, Funding, Kind, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.decimals import Precisions
from tradingbot.core.market.series import Series, Step

TS = np.array([1_735_689_600_000_000_000, 1_735_689_600_000_000_001])
ONE = np.array([1.25, 2.5])
TENTHS = Precisions(2, 1)
ROWS: dict[Kind, tuple[type, Columns]] = {
    Kind.BARS: (Bar, Bars(TS, ONE, ONE + 1, ONE - 1, ONE, np.array([0.0, 7.5]))),
    Kind.QUOTES: (QuoteTick, Quotes(TS, ONE - 5, ONE, np.array([0.5, 1.0]), np.array([2.0, 3.0]))),
    Kind.TRADES: (TradeTick, Trades(TS, ONE, np.array([0.5, 1.0]), np.array([1, -1], np.int8), np.array(["a", "b2"]))),
    Kind.FUNDING: (FundingRateUpdate, Funding(TS, np.array([1e-4, -7.5e-9]), np.array([480, 60]))),
    Kind.MARKS: (MarkPriceUpdate, Marks(TS, ONE)),
}


def series(kind: Kind) -> Series:
    return Series(kind, "X.Y", Step(5, "m"), PriceSide.BID) if kind is Kind.BARS else Series(kind, "X.Y")


@pytest.mark.parametrize("kind", list(Kind))
def test_a_table_has_the_columns_of_the_engine(kind: Kind) -> None:
    engine = pa.ipc.read_schema(pa.py_buffer(bytes(get_arrow_schema_bytes(ROWS[kind][0]))))
    wanted = {field.name: field.type for field in engine}
    ours = {field.name: field.type for field in to_table(series(kind), TENTHS, ROWS[kind][1]).schema}
    assert ours.items() <= wanted.items()
    assert wanted.keys() - ours.keys() <= {"identifier"}


@pytest.mark.parametrize("kind", list(Kind))
def test_rows_come_back_as_they_went_in(kind: Kind) -> None:
    rows = ROWS[kind][1]
    back = from_table(kind, to_table(series(kind), TENTHS, rows))
    for name in rows.__dataclass_fields__:
        assert getattr(back, name).tolist() == getattr(rows, name).tolist()
        assert getattr(back, name).dtype.kind == getattr(rows, name).dtype.kind


@pytest.mark.parametrize("kind", list(Kind))
def test_no_rows_are_of_their_kind(kind: Kind) -> None:
    none = empty_columns(kind)
    assert (type(none), len(none)) == (type(ROWS[kind][1]), 0)
    assert len(type(none).join([none, none])) == 0


def test_a_price_far_below_the_smallest_step_is_refused_and_zero_is_not() -> None:
    bars = Bars(TS, ONE, ONE, np.array([0.0, 1.0]), ONE, ONE)
    to_table(series(Kind.BARS), TENTHS, bars)
    with pytest.raises(DataDefect, match=r"the price 0\.004 was less than half .* smallest, 0\.01: is this another"):
        to_table(series(Kind.BARS), TENTHS, replace(bars, low=np.array([0.004, 1.0])))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"size": np.array([1.0, -0.5])}, r"a size or volume was -0\.5, allowed is 0 and more"),
        ({"trade_id": np.array(["a", ""])}, f"a trade's id was '', allowed are 1 to {LONGEST_ID} characters"),
        ({"trade_id": np.array(["a", "x" * 37])}, "allowed are 1 to 36 characters"),
    ],
)
def test_a_trade_that_cannot_be_stored_is_refused(change: dict[str, np.ndarray], sentence: str) -> None:
    trades = ROWS[Kind.TRADES][1]
    with pytest.raises(DataDefect, match=sentence):
        to_table(series(Kind.TRADES), TENTHS, replace(trades, **change))


def test_a_rate_that_is_no_number_is_refused() -> None:
    with pytest.raises(DataDefect, match="a funding rate was not finite"):
        to_table(series(Kind.FUNDING), TENTHS, Funding(TS, np.array([np.nan, 0.0]), np.array([480, 480])))
