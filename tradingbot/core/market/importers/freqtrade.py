# file: core/market/importers/freqtrade.py
"""freqtrade's data folder: `date, open, high, low, close, volume` in Feather or Parquet, stamped at the open.

Funding files have the same columns with the rate in `open` (newer ones: `funding_rate`); mark files are candles.
"""

from __future__ import annotations

from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.importers.options import ReadOptions
from tradingbot.core.market.importers.recipe import Format, Recipe
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.units import Unit

__all__ = ["FREQTRADE"]

_BARS = ("open", "high", "low", "close", "volume")


def _recipe(sheet: Sheet, kind: Kind, options: ReadOptions) -> Recipe | None:
    if sheet.shape != "columns" or sheet.names[:1] != ("date",) or "open" not in sheet.names:
        return None
    if kind is Kind.FUNDING:
        rate = "funding_rate" if "funding_rate" in sheet.names else "open"
        return Recipe(("date",), {"rate": rate})
    if kind is Kind.MARKS and "close" in sheet.names:
        return Recipe(("date",), {"price": "close"}, "open")
    if kind is Kind.BARS:
        fields = {name: name for name in _BARS if name in sheet.names}
        return Recipe(("date",), fields, "open", volumes={"volume": Unit.BASE} if "volume" in fields else {})
    return None


FREQTRADE = Format("freqtrade", _recipe)
