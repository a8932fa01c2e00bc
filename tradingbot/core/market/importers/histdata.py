# file: core/market/importers/histdata.py
"""HistData.com's forex archives: minute bars and ticks without header, on New York's winter clock all year.

Formats: https://www.histdata.com/f-a-q/data-files-detailed-specification/. Times are EST without daylight saving; bars
are stamped at their open.
"""

from __future__ import annotations

import re

from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.importers.options import ReadOptions
from tradingbot.core.market.importers.recipe import Format, Recipe
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.units import Unit

__all__ = ["HISTDATA"]

_EST = "-05:00"
_MINUTE_NS = 60_000_000_000
_BARS = ("open", "high", "low", "close", "volume")
_ASCII = re.compile(r"\d{8} \d{6}")
_TICK = re.compile(r"\d{8} \d{9}")
_DATE = re.compile(r"\d{4}\.\d\d\.\d\d")
_TIME = re.compile(r"\d\d:\d\d")
_NOTE = "HistData's clock is EST without daylight saving (-05:00)"


def _recipe(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    if sheet.header or len(sheet.names) < 4:
        return None
    first, second = sheet.first("0"), sheet.first("1")
    if kind is Kind.QUOTES and len(sheet.names) == 4 and _TICK.fullmatch(first):
        return Recipe(("0",), {"bid": "1", "ask": "2"}, tz=_EST, notes=(_NOTE,))
    if kind is not Kind.BARS or not _may_have(options):
        return None
    if len(sheet.names) == 6 and _ASCII.fullmatch(first):
        return Recipe(("0",), _fields(1), "open", _EST, volumes={"5": Unit.TICKS}, notes=(_NOTE,))
    if len(sheet.names) == 7 and _DATE.fullmatch(first) and _TIME.fullmatch(second):
        return Recipe(("0", "1"), _fields(2), "open", _EST, volumes={"6": Unit.TICKS}, notes=(_NOTE,))
    return None


def _may_have(options: ReadOptions) -> bool:
    """HistData has minutes, of nothing that trades at weekends: others write the same columns by other clocks."""
    minutes = options.step is None or options.step.ns == _MINUTE_NS
    return minutes and (options.units.ticks or not options.units.base)


def _fields(start: int) -> dict[str, str]:
    return {name: str(start + index) for index, name in enumerate(_BARS)}


HISTDATA = Format("histdata", _recipe)
