# file: core/market/importers/tidy.py
"""The tidy form: a `ts_event` column, our own column names, bars stamped at their close."""

from __future__ import annotations

from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.importers.names import FIELDS
from tradingbot.core.market.importers.options import ReadOptions
from tradingbot.core.market.importers.recipe import Format, Recipe
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.units import Unit

__all__ = ["TIDY"]


def _recipe(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    if "ts_event" not in sheet.names:
        return None
    fields = {field: field for field in FIELDS[kind] if field in sheet.names}
    if kind is Kind.MARKS and "price" not in fields and "close" in sheet.names:
        fields["price"] = "close"
    volumes = {"volume": Unit.BASE} if "volume" in fields else {}
    return Recipe(("ts_event",), fields, "close", volumes=volumes)


TIDY = Format("tidy", _recipe)
