# file: core/market/importers/archives.py
"""Public archives' formats: Binance, Bybit and HistData.com.

Binance: https://github.com/binance/binance-public-data. Klines are stamped at their open; spot files have microseconds
since 2025-01-01, milliseconds before. HistData: https://www.histdata.com/f-a-q/data-files-detailed-specification/.
Times are EST without daylight saving; bars are stamped at their open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tradingbot.core.market.columns import OHLCV, Kind
from tradingbot.core.market.importers.columnnames import VolumeUnit, normalised_name
from tradingbot.core.market.importers.recipe import ReadOptions, Recipe
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.time import MINUTE

_KLINE = ("open_time", *OHLCV, "close_time")
_KLINE_COLUMNS = 12
_TRADE = ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker")
_AGGREGATE = ("agg_trade_id", "price", "quantity", "first_trade_id", "last_trade_id", "transact_time", "is_buyer_maker")
_FUNDING = ("calc_time", "funding_interval_hours", "last_funding_rate")


def binance(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    """Recognise klines, trades, aggregate trades and funding of data.binance.vision."""
    if kind in (Kind.BARS, Kind.MARKS) and _has(sheet, _KLINE, _KLINE_COLUMNS, time=0):
        fields = dict(zip(OHLCV, sheet.names[1:6], strict=True))
        volumes = {} if sheet.header else {fields["volume"]: VolumeUnit.PLAIN, sheet.names[7]: VolumeUnit.QUOTE}
        return _bars(kind, sheet.names[:1], fields, volumes)
    if kind is Kind.TRADES:
        for layout in (_TRADE, _AGGREGATE):
            if any(_has(sheet, layout, len(layout) + more, time=len(layout) - 2) for more in (0, 1)):
                at = dict(zip(layout, sheet.names, strict=False))
                fields = {"trade_id": layout[0], "price": "price", "size": layout[2], "buyer_is_maker": layout[-1]}
                return Recipe((at[layout[-2]],), {field: at[name] for field, name in fields.items()})
    if kind is Kind.FUNDING and sheet.header and set(_FUNDING) <= set(sheet.names):
        time, interval, rate = _FUNDING
        return Recipe((time,), {"rate": rate, "interval": interval}, interval_minutes=60)
    return None


def _has(sheet: Sheet, layout: Sequence[str], columns: int, time: int) -> bool:
    if sheet.header:
        return [*map(normalised_name, sheet.names[: len(layout)])] == [*map(normalised_name, layout)]
    stamp = sheet.first(sheet.names[time]) if len(sheet.names) == columns else ""
    return stamp.isdigit() and len(stamp) >= 13


def _bars(kind: Kind, time: tuple[str, ...], fields: Mapping[str, str], volumes: Mapping[str, VolumeUnit]) -> Recipe:
    return Recipe(time, {"price": fields["close"]} if kind is Kind.MARKS else fields, "open", volumes=volumes)


_TRADES = {"timestamp", "symbol", "side", "size", "price", "trdMatchID"}
_SPOT = {"id", "timestamp", "price", "volume", "side"}
_KLINES = (("start_at", OHLCV), ("startTime", ("openPrice", "highPrice", "lowPrice", "closePrice", "volume")))
_MT4_TIME = re.compile(r"\d{4}\.\d\d\.\d\d \d\d:\d\d")


def bybit(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    """Recognise trades and klines of public.bybit.com, and the v5 endpoint's candles."""
    names = set(sheet.names)
    if kind is Kind.TRADES and names >= _TRADES:
        return Recipe(("timestamp",), {"price": "price", "size": "size", "aggressor": "side", "trade_id": "trdMatchID"})
    if kind is Kind.TRADES and names >= _SPOT:
        return Recipe(("timestamp",), {"price": "price", "size": "volume", "aggressor": "side", "trade_id": "id"})
    if kind not in (Kind.BARS, Kind.MARKS):
        return None
    for time, columns in _KLINES:
        if names >= {time, *columns}:
            return _bars(kind, (time,), dict(zip(OHLCV, columns, strict=True)), {})
    # MetaTrader klines have one column for date and time; seven-column JSON is the v5 endpoint's answer.
    count, first = len(sheet.names), "" if sheet.header else sheet.first("0")
    if count == 6 and _MT4_TIME.fullmatch(first):
        volumes = {"5": VolumeUnit.BASE}
    elif count == 7 and sheet.shape == "json" and len(first) == 13:
        volumes = {"5": VolumeUnit.PLAIN, "6": VolumeUnit.QUOTE}
    else:
        return None
    return _bars(kind, ("0",), _numbered(1), volumes)


_EST = "-05:00"
_ASCII = re.compile(r"\d{8} \d{6}")
_TICK = re.compile(r"\d{8} \d{9}")
_DATE = re.compile(r"\d{4}\.\d\d\.\d\d")
_TIME = re.compile(r"\d\d:\d\d")
_NOTES = ("HistData's clock is EST without daylight saving (-05:00)",)


def histdata(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    """Recognise ticks and minutes of HistData.com.

    It has minutes, of nothing that trades at weekends: others write the same columns by other clocks.
    """
    count = len(sheet.names)
    if sheet.header or count < 4:
        return None
    first, second = sheet.first("0"), sheet.first("1")
    if kind is Kind.QUOTES and count == 4 and _TICK.fullmatch(first):
        return Recipe(("0",), {"bid": "1", "ask": "2"}, tz=_EST, notes=_NOTES)
    minutes = options.step is None or options.step.ns == MINUTE
    if kind is not Kind.BARS or not minutes or not (options.units.ticks or not options.units.base):
        return None
    if count == 6 and _ASCII.fullmatch(first):
        return Recipe(("0",), _numbered(1), "open", _EST, volumes={"5": VolumeUnit.TICKS}, notes=_NOTES)
    if count == 7 and _DATE.fullmatch(first) and _TIME.fullmatch(second):
        return Recipe(("0", "1"), _numbered(2), "open", _EST, volumes={"6": VolumeUnit.TICKS}, notes=_NOTES)
    return None


def _numbered(start: int) -> dict[str, str]:
    return {name: str(start + place) for place, name in enumerate(OHLCV)}
