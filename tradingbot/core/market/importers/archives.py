# file: core/market/importers/archives.py
"""Public archives' formats: Binance, Bybit and HistData.com.

Columns: https://github.com/binance/binance-public-data. Klines are stamped at their open; spot files have microseconds
since 2025-01-01, milliseconds before.

Formats: https://www.histdata.com/f-a-q/data-files-detailed-specification/. Times are EST without daylight saving; bars
are stamped at their open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tradingbot.core.market.columns import Kind
from tradingbot.core.market.importers.columnnames import VolumeUnit, normalised_name
from tradingbot.core.market.importers.recipe import Format, ReadOptions, Recipe
from tradingbot.core.market.importers.sheet import Sheet

_KLINE = ("open_time", "open", "high", "low", "close", "volume", "close_time")
_KLINE_COLUMNS = 12
_TRADE = ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker")
_AGGREGATE = ("agg_trade_id", "price", "quantity", "first_trade_id", "last_trade_id", "transact_time", "is_buyer_maker")
_FUNDING = ("calc_time", "funding_interval_hours", "last_funding_rate")


def _binance(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
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
        return [normalised_name(name) for name in sheet.names[: len(layout)]] == [
            normalised_name(name) for name in layout
        ]
    stamp = sheet.first(sheet.names[time]) if len(sheet.names) == columns else ""
    return stamp.isdigit() and len(stamp) >= 13


def _kline(sheet: Sheet, kind: Kind) -> Recipe:
    time, *prices = sheet.names[:6]
    if kind is Kind.MARKS:
        return Recipe((time,), {"price": prices[3]}, "open")
    fields = dict(zip(("open", "high", "low", "close", "volume"), prices, strict=True))
    volumes = {} if sheet.header else {fields["volume"]: VolumeUnit.PLAIN, sheet.names[7]: VolumeUnit.QUOTE}
    return Recipe((time,), fields, "open", volumes=volumes)


def _trades(sheet: Sheet, layout: Sequence[str]) -> Recipe:
    at = dict(zip(layout, sheet.names, strict=False))
    time = at[layout[-2]]
    fields = {"trade_id": at[layout[0]], "price": at["price"], "size": at[layout[2]], "buyer_is_maker": at[layout[-1]]}
    return Recipe((time,), fields)


BINANCE = Format("binance", _binance)


_TRADES = {"timestamp", "symbol", "side", "size", "price", "trdMatchID"}
_SPOT = {"id", "timestamp", "price", "volume", "side"}
_BARS = ("open", "high", "low", "close", "volume")
_KLINES = (("start_at", _BARS), ("startTime", ("openPrice", "highPrice", "lowPrice", "closePrice", "volume")))
_MT4_TIME = re.compile(r"\d{4}\.\d\d\.\d\d \d\d:\d\d")


def _bybit(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
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
        volumes = {"5": VolumeUnit.PLAIN, "6": VolumeUnit.QUOTE} if len(sheet.names) == 7 else {"5": VolumeUnit.BASE}
        return _bars(kind, "0", sheet.names[1:6], volumes)
    return None


def _bars(kind: Kind, time: str, columns: tuple[str, ...], volumes: Mapping[str, VolumeUnit]) -> Recipe:
    fields = {"price": columns[3]} if kind is Kind.MARKS else dict(zip(_BARS, columns, strict=True))
    return Recipe((time,), fields, "open", volumes=volumes)


def _is_mt4(sheet: Sheet) -> bool:
    """MetaTrader klines have one column for date and time; seven-column JSON is the v5 endpoint's answer."""
    mt4 = len(sheet.names) == 6 and bool(_MT4_TIME.fullmatch(sheet.first("0")))
    return mt4 or (len(sheet.names) == 7 and sheet.shape == "json" and len(sheet.first("0")) == 13)


BYBIT = Format("bybit", _bybit)


_EST = "-05:00"
_MINUTE_NS = 60_000_000_000
_HISTDATA_BARS = ("open", "high", "low", "close", "volume")
_ASCII = re.compile(r"\d{8} \d{6}")
_TICK = re.compile(r"\d{8} \d{9}")
_DATE = re.compile(r"\d{4}\.\d\d\.\d\d")
_TIME = re.compile(r"\d\d:\d\d")
_NOTE = "HistData's clock is EST without daylight saving (-05:00)"


def _histdata(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    if sheet.header or len(sheet.names) < 4:
        return None
    first, second = sheet.first("0"), sheet.first("1")
    if kind is Kind.QUOTES and len(sheet.names) == 4 and _TICK.fullmatch(first):
        return Recipe(("0",), {"bid": "1", "ask": "2"}, tz=_EST, notes=(_NOTE,))
    if kind is not Kind.BARS or not _may_have(options):
        return None
    if len(sheet.names) == 6 and _ASCII.fullmatch(first):
        return Recipe(("0",), _fields(1), "open", _EST, volumes={"5": VolumeUnit.TICKS}, notes=(_NOTE,))
    if len(sheet.names) == 7 and _DATE.fullmatch(first) and _TIME.fullmatch(second):
        return Recipe(("0", "1"), _fields(2), "open", _EST, volumes={"6": VolumeUnit.TICKS}, notes=(_NOTE,))
    return None


def _may_have(options: ReadOptions) -> bool:
    """HistData has minutes, of nothing that trades at weekends: others write the same columns by other clocks."""
    minutes = options.step is None or options.step.ns == _MINUTE_NS
    return minutes and (options.units.ticks or not options.units.base)


def _fields(start: int) -> dict[str, str]:
    return {name: str(start + index) for index, name in enumerate(_HISTDATA_BARS)}


HISTDATA = Format("histdata", _histdata)
