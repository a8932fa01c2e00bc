# file: core/market/importers/symbols.py
"""What a file says about whose data it has: a symbol column must name the instrument it is imported for."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.importers.names import find
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.units import CURRENCIES, Units, same_code

__all__ = ["is_other", "one_symbol", "symbol_column"]

_NAMES = ("symbol", "instrument", "instrumentname", "instid", "pair", "ticker", "market")
_SUFFIX = re.compile(r"(?:PERP|PERPETUAL|SWAP|SPOT|LINEAR|FUTURES)+$")


def symbol_column(sheet: Sheet) -> str | None:
    """Return the column that names each row's instrument, if there is one."""
    return find(sheet.names, _NAMES) if sheet.header else None


def one_symbol(path: Path, column: pa.Array, before: str, units: Units) -> str:
    """Return the symbol of these rows, `before` being that of the rows ahead of them, empty where there are none.

    Raises
    ------
    DataDefect
        When there are several, or it is another pair than the instrument's.
    """
    found = [text for text in pc.unique(column.cast(pa.string())).to_pylist() if text]
    symbols = list(dict.fromkeys([before, *found] if before else found))
    if len(symbols) > 1:
        raise DataDefect(f"{path}: it has rows of {', '.join(symbols[:5])}; import a file of one instrument")
    if symbols and not before and is_other(symbols[0], units):
        raise DataDefect(
            f"{path}: its rows are of {symbols[0]!r}, the instrument trades {units.base} for {units.quote}; if the "
            "rows are right, leave that column out"
        )
    return symbols[0] if symbols else before


def is_other(symbol: str, units: Units) -> bool:
    """Tell that a symbol is a pair of codes and not the instrument's; what is no pair, such as a name, says nothing."""
    pair = symbol.partition(":")[0] if "/" in symbol else symbol.rpartition(":")[2]
    text = _SUFFIX.sub("", re.sub(r"[^A-Z0-9]", "", pair.upper())).lower()
    ends = [code for code in CURRENCIES if text.endswith(code) and len(text) >= len(code) + 2]
    bases = [code for code in (units.base.lower(), "xbt", "xdg") if same_code(code, units.base)]
    ours = any(
        same_code(code, units.quote) and _ends_with(text.removesuffix(code), base) for code in ends for base in bases
    )
    return bool(units.base and ends and not ours)


def _ends_with(text: str, base: str) -> bool:
    """Tell that a pair's first part is this coin, not a multiple of it: 1000SHIB is not SHIB."""
    return text.endswith(base) and not text.removesuffix(base)[-1:].isdigit()
