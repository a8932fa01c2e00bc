# file: core/market/importers/generic.py
"""Any other table: columns by their usual names, or by the names a person gives."""

from __future__ import annotations

import re

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.importers.names import FIELDS, TIMES, find, plain
from tradingbot.core.market.importers.options import ReadOptions, Stamp
from tradingbot.core.market.importers.recipe import Format, Recipe
from tradingbot.core.market.importers.refusal import missing
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.units import Unit

__all__ = ["GENERIC"]

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d\d.*|\d{4}|\d{6}")
_CANDLE = ("open", "high", "low", "close", "volume")


def _recipe(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    given = _given(sheet, kind, options)
    if not sheet.header and not given:
        return _headless(sheet, kind)
    time = (given.pop("time"),) if "time" in given else _time(sheet)
    if not time:
        raise missing(sheet.path, ["time"], sheet.names)
    found = {field: find(sheet.names, aliases) for field, aliases in FIELDS[kind].items()}
    fields = {field: name for field, name in found.items() if name is not None and name not in time} | given
    stamp: Stamp = "close" if plain(time[0]).startswith("close") else "open"
    return Recipe(time, fields, stamp, notes=_notes(kind, stamp, options))


def _given(sheet: Sheet, kind: Kind, options: ReadOptions) -> dict[str, str]:
    for field, name in options.columns.items():
        if field not in FIELDS[kind] and field != "time":
            allowed = ", ".join(["time", *FIELDS[kind]])
            raise BadInput(f"--column {field}={name}: {field!r} is not a column of {kind}, allowed is {allowed}")
        if name not in sheet.names:
            raise missing(sheet.path, [field], sheet.names)
    if {"volume", "quote_volume"} <= set(options.columns):
        raise BadInput("--column named both volume and quote_volume, allowed is one of them")
    return dict(options.columns)


def _time(sheet: Sheet) -> tuple[str, ...]:
    date, clock = find(sheet.names, ("date",)), find(sheet.names, ("time",))
    if date and clock and ":" not in sheet.first(date) and _TIME_OF_DAY.fullmatch(sheet.first(clock)):
        return (date, clock)
    found = find(sheet.names, TIMES)
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
    ticks = {fields["volume"]: Unit.TICKS} if apart and "volume" in fields else {}
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


GENERIC = Format("generic", _recipe)
