# file: core/market/importers/binance.py
"""Binance's public archives: klines, trades, aggregated trades and funding, with and without header.

Columns: https://github.com/binance/binance-public-data. Klines are stamped at their open; spot files have microseconds
since 2025-01-01, milliseconds before.
"""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.importers.names import plain
from tradingbot.core.market.importers.options import ReadOptions
from tradingbot.core.market.importers.recipe import Format, Recipe
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.units import Unit

__all__ = ["BINANCE"]

_KLINE = ("open_time", "open", "high", "low", "close", "volume", "close_time")
_KLINE_COLUMNS = 12
_TRADE = ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker")
_AGGREGATE = ("agg_trade_id", "price", "quantity", "first_trade_id", "last_trade_id", "transact_time", "is_buyer_maker")
_FUNDING = ("calc_time", "funding_interval_hours", "last_funding_rate")


def _recipe(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    if kind in (Kind.BARS, Kind.MARKS) and _has(sheet, _KLINE, _KLINE_COLUMNS, time=0):
        return _kline(sheet, kind)
    if kind is Kind.TRADES:
        for layout in (_TRADE, _AGGREGATE):
            lengths = (len(layout), len(layout) + 1)
            if any(_has(sheet, layout, columns, time=len(layout) - 2) for columns in lengths):
                return _trades(sheet, layout)
    if kind is Kind.FUNDING and sheet.header and set(_FUNDING) <= set(sheet.names):
        fields = {"rate": _FUNDING[2], "interval": _FUNDING[1]}
        return Recipe((_FUNDING[0],), fields, interval_minutes=60)
    return None


def _has(sheet: Sheet, layout: Sequence[str], columns: int, time: int) -> bool:
    if sheet.header:
        return [plain(name) for name in sheet.names[: len(layout)]] == [plain(name) for name in layout]
    stamp = sheet.first(sheet.names[time]) if len(sheet.names) == columns else ""
    return stamp.isdigit() and len(stamp) >= 13


def _kline(sheet: Sheet, kind: Kind) -> Recipe:
    time, *prices = sheet.names[:6]
    if kind is Kind.MARKS:
        return Recipe((time,), {"price": prices[3]}, "open")
    fields = dict(zip(("open", "high", "low", "close", "volume"), prices, strict=True))
    volumes = {} if sheet.header else {fields["volume"]: Unit.PLAIN, sheet.names[7]: Unit.QUOTE}
    return Recipe((time,), fields, "open", volumes=volumes)


def _trades(sheet: Sheet, layout: Sequence[str]) -> Recipe:
    at = dict(zip(layout, sheet.names, strict=False))
    time = at[layout[-2]]
    fields = {"trade_id": at[layout[0]], "price": at["price"], "size": at[layout[2]], "buyer_is_maker": at[layout[-1]]}
    return Recipe((time,), fields)


BINANCE = Format("binance", _recipe)
