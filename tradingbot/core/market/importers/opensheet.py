# file: core/market/importers/opensheet.py
"""Tell what a file is stored in by its first bytes, never by its name."""

from __future__ import annotations

from pathlib import Path

from tradingbot.core.market.importers.arrowfile import feather_sheet, parquet_sheet
from tradingbot.core.market.importers.container import open_container
from tradingbot.core.market.importers.jsonrows import json_sheet
from tradingbot.core.market.importers.refusal import readable, unreadable
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.text import text_sheet

__all__ = ["open_sheet"]


def open_sheet(path: Path) -> Sheet:
    """Open Parquet, Feather, delimited text or JSON lists; the latter two also inside gzip or zip.

    Raises
    ------
    DataDefect
        When the file is absent, empty, or none of these.
    """
    with readable(path), path.open("rb") as raw:
        magic = raw.read(6)
    if magic[:4] == b"PAR1":
        return parquet_sheet(path)
    if magic == b"ARROW1":
        return feather_sheet(path)
    if magic[:4] == b"FEA1":
        raise unreadable(path, "it is Feather version 1; save it again as version 2, Parquet or CSV")
    container = open_container(path)
    return json_sheet(container) if container.head.lstrip()[:1] == b"[" else text_sheet(container)
