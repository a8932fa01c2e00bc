# file: core/market/seriesname.py
"""Which series a folder of the catalog holds, told by its files' own metadata."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq

from tradingbot.core.market.arrays import Kind, PriceSide
from tradingbot.core.market.series import Series
from tradingbot.core.market.steps import Step

__all__ = ["series_of"]

_BAR_TYPE = re.compile(r"(.+)-(\d+)-(SECOND|MINUTE|HOUR|DAY)-(LAST|BID|ASK|MID)-EXTERNAL")


def series_of(kind: Kind, folder: Path) -> Series | None:
    """Return the series in `folder`, or nothing when it is empty or holds bars this program does not make."""
    first = next(iter(sorted(folder.glob("*.parquet"))), None)
    if first is None:
        return None
    metadata = pq.read_schema(first).metadata or {}
    if kind is not Kind.BARS:
        return Series(kind, metadata[b"instrument_id"].decode())
    found = _BAR_TYPE.fullmatch(metadata[b"bar_type"].decode())
    if found is None:
        return None
    name, count, unit, side = found.groups()
    return Series(kind, name, Step(int(count), unit[0].lower()), PriceSide(side))
