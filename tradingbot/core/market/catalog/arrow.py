# file: core/market/catalog/arrow.py
"""Arrow tables as Nautilus keeps them in Parquet, to and from columns."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import DataDefect
from tradingbot.core.market.columns import OHLC, Bars, Columns, Funding, Kind, Marks, Quotes, Trades
from tradingbot.core.market.decimals import LARGEST_SIZE, decimals, floats
from tradingbot.core.market.series import Series

LONGEST_ID = 36
"""Characters of a trade's id: the engine aborts the process over a longer one."""

_TIME = pa.timestamp("ns", tz="UTC")
_AGGRESSORS = ("NO_AGGRESSOR", "BUY", "SELL")
_NAMES = {Kind.QUOTES: ("bid_price", "ask_price", "bid_size", "ask_size"), Kind.MARKS: ("value",)}
_DTYPES = {"interval": np.int64, "aggressor": np.int8, "trade_id": np.str_}
_CLASSES = {Kind.BARS: Bars, Kind.QUOTES: Quotes, Kind.TRADES: Trades, Kind.FUNDING: Funding, Kind.MARKS: Marks}
_TYPES = {
    Kind.BARS: "Bar",
    Kind.QUOTES: "QuoteTick",
    Kind.TRADES: "TradeTick",
    Kind.FUNDING: "FundingRateUpdate",
    Kind.MARKS: "MarkPriceUpdate",
}


def empty_columns(kind: Kind) -> Columns:
    """Return no rows of a kind."""
    make: type[Columns] = _CLASSES[kind]
    dtypes = [_DTYPES.get(field.name, np.float64) for field in fields(make)[1:]]
    return make(np.empty(0, np.int64), *(np.empty(0, dtype) for dtype in dtypes))


def to_table(series: Series, instrument: Any, rows: Columns) -> pa.Table:
    """Return `rows` as the catalog stores them, prices and sizes rounded to the instrument's precisions.

    Raises DataDefect when a number, or a trade's id, is one that neither the catalog nor the engine can hold.
    """
    price, size = instrument.price_precision, instrument.size_precision
    columns: dict[str, pa.Array] = {}
    match rows:
        case Bars():
            columns = {name: _prices(getattr(rows, name), price) for name in OHLC}
            columns["volume"] = _sizes(rows.volume, size)
        case Quotes():
            columns = {"bid_price": decimals(rows.bid, price), "ask_price": _prices(rows.ask, price)}
            columns |= {"bid_size": _sizes(rows.bid_size, size), "ask_size": _sizes(rows.ask_size, size)}
        case Trades():
            columns = {"price": _prices(rows.price, price), "size": _sizes(rows.size, size)}
            codes = np.where(rows.aggressor > 0, 1, np.where(rows.aggressor < 0, 2, 0)).astype(np.int8)
            columns["aggressor_side"] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(_AGGRESSORS))
            columns["trade_id"] = _ids(rows.trade_id)
        case Funding():
            columns = {"rate": _rates(rows.rate), "interval": pa.array(rows.interval.astype(np.uint64))}
            columns["next_funding_ns"] = _times(rows.ts)
        case Marks():
            columns = {"value": _prices(rows.price, price)}
    columns |= {"ts_event": _times(rows.ts), "ts_init": _times(rows.ts)}
    if isinstance(rows, Funding):
        columns["identifier"] = pa.array([series.instrument] * len(rows), pa.string())
    return pa.table(columns).replace_schema_metadata(_metadata(series, price, size))


def from_table(kind: Kind, table: pa.Table) -> Columns:
    """Return a stored table's rows."""
    metadata = table.schema.metadata or {}
    names = (b"price_precision", b"size_precision")
    price, size = (int(metadata[name]) if name in metadata else None for name in names)
    ts = _ints(table["ts_event"])
    match kind:
        case Kind.BARS:
            first, high, low, last = (floats(table[name], price) for name in OHLC)
            return Bars(ts, first, high, low, last, floats(table["volume"], size))
        case Kind.QUOTES:
            bid, ask, bid_size, ask_size = _NAMES[kind]
            sizes = (floats(table[name], size) for name in (bid_size, ask_size))
            return Quotes(ts, floats(table[bid], price), floats(table[ask], price), *sizes)
        case Kind.TRADES:
            sides = table["aggressor_side"].cast(pa.string())
            aggressor = np.asarray(pc.equal(sides, "BUY").to_numpy()).astype(np.int8)
            aggressor -= np.asarray(pc.equal(sides, "SELL").to_numpy()).astype(np.int8)
            ids = np.array(table["trade_id"].to_pylist(), dtype=np.str_)
            return Trades(ts, floats(table["price"], price), floats(table["size"], size), aggressor, ids)
        case Kind.FUNDING:
            return Funding(ts, floats(table["rate"], None), _ints(table["interval"].fill_null(0)))
        case Kind.MARKS:
            return Marks(ts, floats(table["value"], price))


def _metadata(series: Series, price: int, size: int) -> dict[str, str]:
    metadata = {"instrument_id": series.instrument, "type_name": _TYPES[series.kind], "price_precision": str(price)}
    if series.kind is not Kind.MARKS:
        metadata["size_precision"] = str(size)
    if series.kind is Kind.BARS:
        metadata["bar_type"] = series.bar_type
    return metadata


def _prices(values: Floats, precision: int) -> pa.Array:
    small = values[(np.abs(values) < 0.5 * 10.0**-precision) & (values != 0)]
    if len(small):
        raise DataDefect(
            f"the price {small[0]:g} was less than half of the instrument's smallest, {10.0**-precision:g}: "
            f"is this another instrument's file?"
        )
    return decimals(values, precision)


def _sizes(values: Floats, precision: int) -> pa.Array:
    if len(values) and np.min(values) < 0:
        raise DataDefect(f"a size or volume was {np.min(values):g}, allowed is 0 and more")
    return decimals(values, precision, LARGEST_SIZE)


def _ids(values: npt.NDArray[np.str_]) -> pa.Array:
    length = np.char.str_len(values)
    wrong = (length == 0) | (length > LONGEST_ID)
    if wrong.any():
        first = str(values[int(np.argmax(wrong))])
        raise DataDefect(f"a trade's id was {first!r}, allowed are 1 to {LONGEST_ID} characters")
    return pa.array(values.tolist(), pa.string())


def _rates(values: Floats) -> pa.Array:
    if not np.all(np.isfinite(values)):
        raise DataDefect("a funding rate was not finite, which cannot be stored")
    return pa.array([np.format_float_positional(rate, trim="0") for rate in values.tolist()], pa.string())


def _ints(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.cast(pa.int64()).to_numpy(), np.int64)


def _times(ts: Ints) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(ts), [None, pa.py_buffer(np.ascontiguousarray(ts))]).cast(_TIME)
