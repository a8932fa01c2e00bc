# file: core/market/tables.py
"""Columns to and from the Arrow tables that Nautilus keeps in Parquet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.market.arrays import Bars, Columns, Floats, Funding, Ints, Kind, Marks, Quotes, Trades
from tradingbot.core.market.decimals import decimals
from tradingbot.core.market.series import Series

__all__ = ["empty", "from_table", "to_table"]

_TIME = pa.timestamp("ns", tz="UTC")
_AGGRESSORS = ("NO_AGGRESSOR", "BUY", "SELL")
_NAMES = {
    Kind.BARS: ("open", "high", "low", "close", "volume"),
    Kind.QUOTES: ("bid_price", "ask_price", "bid_size", "ask_size"),
    Kind.MARKS: ("value",),
}
_TYPES = {
    Kind.BARS: ("Bar", Bars),
    Kind.QUOTES: ("QuoteTick", Quotes),
    Kind.TRADES: ("TradeTick", Trades),
    Kind.FUNDING: ("FundingRateUpdate", Funding),
    Kind.MARKS: ("MarkPriceUpdate", Marks),
}


def empty(kind: Kind) -> Columns:
    """Return no rows of a kind."""
    none: Floats = np.empty(0)
    stamps: Ints = np.empty(0, np.int64)
    match kind:
        case Kind.BARS:
            return Bars(stamps, none, none, none, none, none)
        case Kind.QUOTES:
            return Quotes(stamps, none, none, none, none)
        case Kind.TRADES:
            return Trades(stamps, none, none, np.empty(0, np.int8), np.empty(0, np.str_))
        case Kind.FUNDING:
            return Funding(stamps, none, stamps)
        case Kind.MARKS:
            return Marks(stamps, none)


def to_table(series: Series, instrument: Any, rows: Columns) -> pa.Table:
    """Return `rows` as the catalog stores them, prices and sizes rounded to the instrument's precisions."""
    price, size = instrument.price_precision, instrument.size_precision
    columns: dict[str, pa.Array] = {}
    match rows:
        case Bars():
            columns = {name: decimals(getattr(rows, name), price) for name in _NAMES[Kind.BARS][:-1]}
            columns["volume"] = decimals(rows.volume, size)
        case Quotes():
            columns = {"bid_price": decimals(rows.bid, price), "ask_price": decimals(rows.ask, price)}
            columns |= {"bid_size": decimals(rows.bid_size, size), "ask_size": decimals(rows.ask_size, size)}
        case Trades():
            columns = {"price": decimals(rows.price, price), "size": decimals(rows.size, size)}
            codes = np.where(rows.aggressor > 0, 1, np.where(rows.aggressor < 0, 2, 0)).astype(np.int8)
            columns["aggressor_side"] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(_AGGRESSORS))
            columns["trade_id"] = pa.array(rows.trade_id.tolist(), pa.string())
        case Funding():
            columns = {"rate": pa.array([_plain(rate) for rate in rows.rate.tolist()], pa.string())}
            columns["interval"] = pa.array(rows.interval.astype(np.uint64))
            columns["next_funding_ns"] = _times(rows.ts)
        case Marks():
            columns = {"value": decimals(rows.price, price)}
    columns |= {"ts_event": _times(rows.ts), "ts_init": _times(rows.ts)}
    if isinstance(rows, Funding):
        columns["identifier"] = pa.array([series.instrument] * len(rows), pa.string())
    return pa.table(columns).replace_schema_metadata(_metadata(series, price, size))


def from_table(kind: Kind, table: pa.Table) -> Columns:
    """Return a stored table's rows."""
    ts = np.asarray(table["ts_event"].cast(pa.int64()).to_numpy())
    match kind:
        case Kind.TRADES:
            sides = table["aggressor_side"].cast(pa.string())
            aggressor = np.asarray(pc.equal(sides, "BUY").to_numpy()).astype(np.int8)
            aggressor -= np.asarray(pc.equal(sides, "SELL").to_numpy()).astype(np.int8)
            ids = np.array(table["trade_id"].to_pylist(), dtype=np.str_)
            return Trades(ts, _floats(table["price"]), _floats(table["size"]), aggressor, ids)
        case Kind.FUNDING:
            interval = table["interval"].fill_null(0).cast(pa.int64())
            return Funding(ts, _floats(table["rate"]), np.asarray(interval.to_numpy()))
        case _:
            return _TYPES[kind][1](ts, *(_floats(table[name]) for name in _NAMES[kind]))


def _metadata(series: Series, price: int, size: int) -> dict[str, str]:
    found = {"instrument_id": series.instrument, "type_name": _TYPES[series.kind][0], "price_precision": str(price)}
    if series.kind is not Kind.MARKS:
        found["size_precision"] = str(size)
    if series.kind is Kind.BARS:
        found["bar_type"] = series.bar_type
    return found


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _times(ts: Ints) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(ts), [None, pa.py_buffer(np.ascontiguousarray(ts))]).cast(_TIME)


def _plain(rate: float) -> str:
    return np.format_float_positional(rate, trim="0")
