# file: core/market/catalog/wranglers.py
"""Wranglers: columns into the engine's own objects by way of Arrow, half a million rows a second."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from nautilus_trader.model import AggressorSide, BarType, FundingRateUpdate, MarkPriceUpdate, Price, TradeId, TradeTick
from nautilus_trader.persistence import BarDataWrangler, QuoteTickDataWrangler

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.columns import OHLC, Bars, Funding, Marks, Quotes
from tradingbot.core.market.decimals import LARGEST_SIZE, decimals


def bar_objects(bar_type: str, instrument: Any, bars: Bars) -> list[Any]:
    """Return `bars` as Nautilus `Bar`s, rounded to the instrument's precisions."""
    if not len(bars):
        return []
    price, size = instrument.price_precision, instrument.size_precision
    columns = {name: decimals(getattr(bars, name), price) for name in OHLC}
    columns["volume"] = decimals(bars.volume, size, LARGEST_SIZE)
    wrangler = BarDataWrangler(str(BarType.from_str(bar_type)), price, size)
    return wrangler.process_record_batch_bytes(_ipc(columns, bars.ts))


def quote_objects(instrument: Any, quotes: Quotes) -> list[Any]:
    """Return `quotes` as Nautilus `QuoteTick`s, rounded to the instrument's precisions."""
    if not len(quotes):
        return []
    price, size = instrument.price_precision, instrument.size_precision
    columns = {
        "bid_price": decimals(quotes.bid, price),
        "ask_price": decimals(quotes.ask, price),
        "bid_size": decimals(quotes.bid_size, size, LARGEST_SIZE),
        "ask_size": decimals(quotes.ask_size, size, LARGEST_SIZE),
    }
    return QuoteTickDataWrangler(str(instrument.id), price, size).process_record_batch_bytes(_ipc(columns, quotes.ts))


def trade_objects(instrument: Any, ts: Ints, prices: Floats) -> list[Any]:
    """Return one `TradeTick` of the smallest size per price: the last price that option settlement looks up."""
    step, precision = instrument.size_increment, instrument.price_precision
    return [
        TradeTick(instrument.id, Price(price, precision), step, AggressorSide.BUY, TradeId(str(number)), stamp, stamp)
        for number, (stamp, price) in enumerate(zip(ts.tolist(), prices.tolist(), strict=True))
    ]


def funding_objects(instrument: Any, funding: Funding) -> list[Any]:
    """Return settlements that the engine charges at their own time stamp."""
    name, rows = instrument.id, zip(funding.ts.tolist(), funding.rate.tolist(), funding.interval.tolist(), strict=True)
    return [
        FundingRateUpdate(name, Decimal(str(rate)), ts, ts, interval=interval or None, next_funding_ns=ts)
        for ts, rate, interval in rows
    ]


def mark_objects(instrument: Any, marks: Marks) -> list[Any]:
    """Return mark prices."""
    precision = instrument.price_precision
    return [
        MarkPriceUpdate(instrument.id, Price(price, precision), stamp, stamp)
        for stamp, price in zip(marks.ts.tolist(), marks.price.tolist(), strict=True)
    ]


def _ipc(columns: dict[str, pa.Array], ts: Ints) -> bytes:
    stamps = pa.Array.from_buffers(pa.uint64(), len(ts), [None, pa.py_buffer(np.ascontiguousarray(ts))])
    batch = pa.record_batch(columns | {"ts_event": stamps, "ts_init": stamps})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())
