# file: core/market/importers/__init__.py
"""Market data files of every format, opened the same way."""

from __future__ import annotations

from tradingbot.core.market.importers.opening import FORMATS, open_source
from tradingbot.core.market.importers.options import ReadOptions, Stamp
from tradingbot.core.market.importers.source import Source
from tradingbot.core.market.importers.units import Units

__all__ = ["FORMATS", "ReadOptions", "Source", "Stamp", "Units", "open_source"]
