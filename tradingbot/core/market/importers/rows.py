# file: core/market/importers/rows.py
"""Record batches as market data columns, by a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.market.arrays import Bars, Floats, Funding, Ints, Kind, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.chunks import Chunk
from tradingbot.core.market.importers.recipe import Recipe

__all__ = ["ASSUMED_SIZE", "REQUIRED", "SIDES", "rows_of", "wire_type"]

ASSUMED_SIZE = 1_000_000.0
"""Size of a quote whose file has none, in base units: the engine fills nothing against size 0."""

REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    Kind.BARS: ("open", "high", "low", "close"),
    Kind.QUOTES: ("bid", "ask"),
    Kind.TRADES: ("price", "size"),
    Kind.FUNDING: ("rate",),
    Kind.MARKS: ("price",),
}

SIDES = {PriceSide.BID: "bid_", PriceSide.ASK: "ask_"}

_TEXT = ("aggressor", "trade_id")
_BUYER = pa.array(["buy", "buyer", "b", "1", "bid", "long"])
_SELLER = pa.array(["sell", "seller", "s", "-1", "ask", "short"])


def wire_type(field: str) -> pa.DataType:
    """Return the type a text column is parsed as."""
    return pa.string() if field in _TEXT or field == "buyer_is_maker" else pa.float64()


def rows_of(kind: Kind, ts: Ints, columns: Mapping[str, pa.Array], first: int, recipe: Recipe) -> Chunk:
    """Return rows stamped `ts` from our `columns`, in the units that the recipe states.

    `first` is the row number of the first, for trades without ids. A column that a kind can do without is filled in:
    volume 0, quote sizes `ASSUMED_SIZE`, unknown aggressor, interval 0. A volume in the quote currency is divided by
    the bar's mean price.
    """
    if kind is Kind.BARS:
        return _bars(ts, columns, recipe.point)
    if kind is Kind.QUOTES:
        return _quotes(ts, columns, recipe.size_unit)
    if kind is Kind.TRADES:
        return _trades(ts, columns, first)
    if kind is Kind.FUNDING:
        return _funding(ts, columns, recipe.interval_minutes)
    return Marks(ts, _floats(columns["price"]))


def _bars(ts: Ints, columns: Mapping[str, pa.Array], point: float) -> Chunk:
    volume = _volume(ts, columns)
    if "spread" in columns:
        bid, above = _ohlc(ts, columns, "", volume), _floats(columns["spread"]) * point
        return {PriceSide.BID: bid, PriceSide.ASK: _raised(bid, above)}
    sides = {side: prefix for side, prefix in SIDES.items() if prefix + "open" in columns}
    whole = "open" in columns
    if not sides:
        return _ohlc(ts, columns, "", volume)
    found = {side: _ohlc(ts, columns, prefix, volume) for side, prefix in sides.items()}
    return found | ({PriceSide.MID: _ohlc(ts, columns, "", volume)} if whole else {})


def _volume(ts: Ints, columns: Mapping[str, pa.Array]) -> Floats:
    if "volume" in columns:
        return _floats(columns["volume"])
    if "quote_volume" not in columns:
        return np.zeros(len(ts))
    prefix = "" if "open" in columns else SIDES[PriceSide.BID]
    prices = [_floats(columns[prefix + name]) for name in ("open", "high", "low", "close")]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_floats(columns["quote_volume"]) / (sum(prices) / len(prices)), np.float64)


def _raised(bars: Bars, above: Floats) -> Bars:
    return Bars(bars.ts, bars.open + above, bars.high + above, bars.low + above, bars.close + above, bars.volume)


def _ohlc(ts: Ints, columns: Mapping[str, pa.Array], prefix: str, volume: Floats) -> Bars:
    high, low = _floats(columns[prefix + "high"]), _floats(columns[prefix + "low"])
    return Bars(ts, _floats(columns[prefix + "open"]), high, low, _floats(columns[prefix + "close"]), volume)


def _quotes(ts: Ints, columns: Mapping[str, pa.Array], unit: float) -> Chunk:
    assumed = np.full(len(ts), ASSUMED_SIZE)
    sizes = (_floats(columns[name]) * unit if name in columns else assumed for name in ("bid_size", "ask_size"))
    return Quotes(ts, _floats(columns["bid"]), _floats(columns["ask"]), *sizes)


def _trades(ts: Ints, columns: Mapping[str, pa.Array], first: int) -> Chunk:
    if "trade_id" in columns:
        ids = columns["trade_id"].cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False).astype(np.str_)
    else:
        ids = np.arange(first, first + len(ts)).astype(np.str_)
    return Trades(ts, _floats(columns["price"]), _floats(columns["size"]), _aggressor(columns, len(ts)), ids)


def _aggressor(columns: Mapping[str, pa.Array], rows: int) -> npt.NDArray[np.int8]:
    if "buyer_is_maker" in columns:
        maker = pc.utf8_lower(columns["buyer_is_maker"].cast(pa.string()))
        return np.where(_flags(pc.is_in(maker, pa.array(["true", "1"]))), -1, 1).astype(np.int8)
    if "aggressor" not in columns:
        return np.zeros(rows, np.int8)
    side = pc.utf8_lower(columns["aggressor"].cast(pa.string()))
    return _flags(pc.is_in(side, _BUYER)).astype(np.int8) - _flags(pc.is_in(side, _SELLER)).astype(np.int8)


def _funding(ts: Ints, columns: Mapping[str, pa.Array], unit: int) -> Chunk:
    if "interval" in columns:
        interval = (np.nan_to_num(_floats(columns["interval"])) * unit).astype(np.int64)
    else:
        interval = np.zeros(len(ts), np.int64)
    return Funding(ts, _floats(columns["rate"]), interval)


def _floats(column: pa.Array) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _flags(values: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(values.to_numpy(zero_copy_only=False), np.bool_)
