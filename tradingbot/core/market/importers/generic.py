# file: core/market/importers/generic.py
"""Generic formats: the tidy form, freqtrade's data folder, and any table by its usual or given columns."""

from __future__ import annotations

import re

from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import OHLCV, Kind
from tradingbot.core.market.importers.columnnames import FIELDS, TIMES, VolumeUnit, find_column, normalised_name
from tradingbot.core.market.importers.recipe import ReadOptions, Recipe, Stamp
from tradingbot.core.market.importers.sheet import Sheet, missing_columns

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d\d.*|\d{4}|\d{6}")
_BITFINEX = ("open", "close", "high", "low", "volume")


def tidy(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    """Recognise our own form: `ts_event` at the close, and our names of the columns."""
    if "ts_event" not in sheet.names:
        return None
    fields = {field: field for field in FIELDS[kind] if field in sheet.names}
    if kind is Kind.MARKS and "price" not in fields and "close" in sheet.names:
        fields["price"] = "close"
    return Recipe(("ts_event",), fields, "close", volumes=_base_volume(fields))


def freqtrade(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    """Recognise freqtrade's files: funding has its rate in `open` (newer: `funding_rate`), marks are candles."""
    if sheet.shape != "columns" or sheet.names[:1] != ("date",) or "open" not in sheet.names:
        return None
    if kind is Kind.FUNDING:
        return Recipe(("date",), {"rate": "funding_rate" if "funding_rate" in sheet.names else "open"})
    if kind is Kind.MARKS and "close" in sheet.names:
        return Recipe(("date",), {"price": "close"}, "open")
    if kind is Kind.BARS:
        fields = {name: name for name in OHLCV if name in sheet.names}
        return Recipe(("date",), fields, "open", volumes=_base_volume(fields))
    return None


def _base_volume(fields: dict[str, str]) -> dict[str, VolumeUnit]:
    return {"volume": VolumeUnit.BASE} if "volume" in fields else {}


def generic(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    """Read any table whose columns are named as usual, or by a person."""
    given = _given(sheet, kind, options)
    if not sheet.header and not given:
        return _headless(sheet, kind)
    time = (given.pop("time"),) if "time" in given else _time(sheet)
    usual = {field: find_column(sheet.names, aliases) for field, aliases in FIELDS[kind].items()}
    fields = {field: name for field, name in usual.items() if name is not None and name not in time} | given
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
    time = find_column(sheet.names, TIMES)
    if time is None:
        raise missing_columns(sheet.path, ["time"], sheet.names)
    return (time,)


def _headless(sheet: Sheet, kind: Kind) -> Recipe | None:
    """Take the layouts that need no header: time and rate; time and OHLC(V), the time in two columns where MetaTrader
    wrote it, whose volume counts ticks; JSON candles of Bitfinex's order."""
    if kind is Kind.FUNDING and len(sheet.names) == 2:
        return Recipe(("0",), {"rate": "1"})
    apart = len(sheet.names) > 1 and ":" not in sheet.first("0") and ":" in sheet.first("1")
    time = sheet.names[: 1 + apart]
    if kind is not Kind.BARS or len(sheet.names) - len(time) not in (4, 5) or len(sheet.first("0")) < 8:
        return None
    order = _BITFINEX if _is_bitfinex(sheet) else OHLCV
    fields = dict(zip(order, sheet.names[len(time) :], strict=False))
    ticks = {fields["volume"]: VolumeUnit.TICKS} if apart and "volume" in fields else {}
    return Recipe(time, fields, "open", volumes=ticks, notes=_notes(kind, "open", ReadOptions()))


def _is_bitfinex(sheet: Sheet) -> bool:
    """Bitfinex answers open, close, high, low: its third price is the largest, its fourth the smallest."""
    if sheet.shape != "json" or len(sheet.names) != 6:
        return False
    rows = zip(*(sheet.sample[str(index)] for index in range(1, 5)), strict=True)
    prices = [tuple(map(float, row)) for row in rows]
    return all(row[2] == max(row) and row[3] == min(row) for row in prices) and any(row[1] < row[2] for row in prices)


def _notes(kind: Kind, stamp: Stamp, options: ReadOptions) -> tuple[str, ...]:
    if kind not in (Kind.BARS, Kind.MARKS) or options.stamp is not None:
        return ()
    other = "close" if stamp == "open" else "open"
    return (f"time stamps are taken as the bars' {stamp}; --stamp {other} if they are not",)
