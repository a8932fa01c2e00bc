# file: core/market/importers/generic.py
"""Generic formats: the tidy form, freqtrade's data folder, and any table by its usual or given columns.

Funding files have the same columns with the rate in `open` (newer ones: `funding_rate`); mark files are candles.
"""

from __future__ import annotations

import re

from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.importers.columnnames import FIELDS, TIMES, VolumeUnit, find_column, normalised_name
from tradingbot.core.market.importers.recipe import Format, ReadOptions, Recipe, Stamp
from tradingbot.core.market.importers.sheet import Sheet, missing_columns

_BARS = ("open", "high", "low", "close", "volume")


def _freqtrade(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    if sheet.shape != "columns" or sheet.names[:1] != ("date",) or "open" not in sheet.names:
        return None
    if kind is Kind.FUNDING:
        rate = "funding_rate" if "funding_rate" in sheet.names else "open"
        return Recipe(("date",), {"rate": rate})
    if kind is Kind.MARKS and "close" in sheet.names:
        return Recipe(("date",), {"price": "close"}, "open")
    if kind is Kind.BARS:
        fields = {name: name for name in _BARS if name in sheet.names}
        return Recipe(("date",), fields, "open", volumes={"volume": VolumeUnit.BASE} if "volume" in fields else {})
    return None


FREQTRADE = Format("freqtrade", _freqtrade)


_TIME_OF_DAY = re.compile(r"\d{1,2}:\d\d.*|\d{4}|\d{6}")
_CANDLE = ("open", "high", "low", "close", "volume")


def _generic(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    given = _given(sheet, kind, options)
    if not sheet.header and not given:
        return _headless(sheet, kind)
    time = (given.pop("time"),) if "time" in given else _time(sheet)
    if not time:
        raise missing_columns(sheet.path, ["time"], sheet.names)
    found = {field: find_column(sheet.names, aliases) for field, aliases in FIELDS[kind].items()}
    fields = {field: name for field, name in found.items() if name is not None and name not in time} | given
    stamp: Stamp = "close" if normalised_name(time[0]).startswith("close") else "open"
    return Recipe(time, fields, stamp, notes=_notes(kind, stamp, options))


def _given(sheet: Sheet, kind: Kind, options: ReadOptions) -> dict[str, str]:
    for field, name in options.columns.items():
        if field not in FIELDS[kind] and field != "time":
            allowed = ", ".join(["time", *FIELDS[kind]])
            raise BadInput(f"--column {field}={name}: {field!r} is not a column of {kind}, allowed is {allowed}")
        if name not in sheet.names:
            raise missing_columns(sheet.path, [field], sheet.names)
    if {"volume", "quote_volume"} <= set(options.columns):
        raise BadInput("--column named both volume and quote_volume, allowed is one of them")
    return dict(options.columns)


def _time(sheet: Sheet) -> tuple[str, ...]:
    date, clock = find_column(sheet.names, ("date",)), find_column(sheet.names, ("time",))
    if date and clock and ":" not in sheet.first(date) and _TIME_OF_DAY.fullmatch(sheet.first(clock)):
        return (date, clock)
    found = find_column(sheet.names, TIMES)
    return (found,) if found is not None else ()


def _headless(sheet: Sheet, kind: Kind) -> Recipe | None:
    """Take the layouts that need no header: time and rate; time and OHLC(V), the time in two columns where MetaTrader
    wrote it, whose volume counts ticks; JSON candles of Bitfinex's order."""
    if kind is Kind.FUNDING and len(sheet.names) == 2:
        return Recipe(("0",), {"rate": "1"})
    apart = len(sheet.names) > 1 and ":" not in sheet.first("0") and ":" in sheet.first("1")
    time = sheet.names[: 1 + apart]
    if kind is not Kind.BARS or len(sheet.names) - len(time) not in (4, 5) or len(sheet.first("0")) < 8:
        return None
    order = ("open", "close", "high", "low", "volume") if _is_bitfinex(sheet) else _CANDLE
    fields = dict(zip(order, sheet.names[len(time) :], strict=False))
    ticks = {fields["volume"]: VolumeUnit.TICKS} if apart and "volume" in fields else {}
    return Recipe(time, fields, "open", volumes=ticks, notes=_notes(kind, "open", ReadOptions()))


def _is_bitfinex(sheet: Sheet) -> bool:
    """Bitfinex answers open, close, high, low: its third price is the largest, its fourth the smallest."""
    if sheet.shape != "json" or len(sheet.names) != 6:
        return False
    rows = zip(*(sheet.sample[str(index)] for index in range(1, 5)), strict=True)
    prices = [tuple(float(price) for price in row) for row in rows]
    return all(row[2] == max(row) and row[3] == min(row) for row in prices) and any(row[1] < row[2] for row in prices)


def _notes(kind: Kind, stamp: Stamp, options: ReadOptions) -> tuple[str, ...]:
    if kind not in (Kind.BARS, Kind.MARKS) or options.stamp is not None:
        return ()
    other = "close" if stamp == "open" else "open"
    return (f"time stamps are taken as the bars' {stamp}; --stamp {other} if they are not",)


GENERIC = Format("generic", _generic)


def _tidy(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    if "ts_event" not in sheet.names:
        return None
    fields = {field: field for field in FIELDS[kind] if field in sheet.names}
    if kind is Kind.MARKS and "price" not in fields and "close" in sheet.names:
        fields["price"] = "close"
    volumes = {"volume": VolumeUnit.BASE} if "volume" in fields else {}
    return Recipe(("ts_event",), fields, "close", volumes=volumes)


TIDY = Format("tidy", _tidy)
