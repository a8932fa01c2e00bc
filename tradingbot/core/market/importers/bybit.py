# file: core/market/importers/bybit.py
"""Bybit's public archives (https://public.bybit.com): derivatives trades, spot trades, klines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.importers.options import ReadOptions
from tradingbot.core.market.importers.recipe import Format, Recipe
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.units import Unit

__all__ = ["BYBIT"]

_TRADES = {"timestamp", "symbol", "side", "size", "price", "trdMatchID"}
_SPOT = {"id", "timestamp", "price", "volume", "side"}
_BARS = ("open", "high", "low", "close", "volume")
_KLINES = (
    ("start_at", _BARS),
    ("startTime", ("openPrice", "highPrice", "lowPrice", "closePrice", "volume")),
)
_MT4_TIME = re.compile(r"\d{4}\.\d\d\.\d\d \d\d:\d\d")


def _recipe(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    names = set(sheet.names)
    if kind is Kind.TRADES and names >= _TRADES:
        return Recipe(("timestamp",), {"price": "price", "size": "size", "aggressor": "side", "trade_id": "trdMatchID"})
    if kind is Kind.TRADES and names >= _SPOT:
        return Recipe(("timestamp",), {"price": "price", "size": "volume", "aggressor": "side", "trade_id": "id"})
    if kind not in (Kind.BARS, Kind.MARKS):
        return None
    for time, columns in _KLINES:
        if names >= {time, *columns}:
            return _bars(kind, time, columns, {})
    if not sheet.header and _is_mt4(sheet):
        volumes = {"5": Unit.PLAIN, "6": Unit.QUOTE} if len(sheet.names) == 7 else {"5": Unit.BASE}
        return _bars(kind, "0", sheet.names[1:6], volumes)
    return None


def _bars(kind: Kind, time: str, columns: tuple[str, ...], volumes: Mapping[str, Unit]) -> Recipe:
    fields = {"price": columns[3]} if kind is Kind.MARKS else dict(zip(_BARS, columns, strict=True))
    return Recipe((time,), fields, "open", volumes=volumes)


def _is_mt4(sheet: Sheet) -> bool:
    """MetaTrader klines have one column for date and time; seven-column JSON is the v5 endpoint's answer."""
    mt4 = len(sheet.names) == 6 and bool(_MT4_TIME.fullmatch(sheet.first("0")))
    return mt4 or (len(sheet.names) == 7 and sheet.shape == "json" and len(sheet.first("0")) == 13)


BYBIT = Format("bybit", _recipe)
