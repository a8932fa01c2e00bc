# file: core/market/stocktaking.py
"""Check again what the catalog holds, as its files were checked when they came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.catalog import Catalog, Entry
from tradingbot.core.market.checks import checker
from tradingbot.core.market.chunks import CHUNK_ROWS, Chunk
from tradingbot.core.market.defects import Findings
from tradingbot.core.market.instruments import load
from tradingbot.core.market.merging import windows
from tradingbot.core.market.seriesfiles import group_ends, read_file, stored_files

__all__ = ["Checked", "recheck"]


@dataclass(frozen=True, slots=True)
class Checked:
    """One series of the catalog and what was found in it; rows are counted from the series' first."""

    entry: Entry
    findings: Findings


def recheck(catalog: Catalog, entry: Entry, now_ns: int) -> Checked:
    """Read a whole series through the checks, a bounded piece at a time.

    Raises
    ------
    UnknownInstrument
        When the instrument is no longer defined.
    """
    checks = checker(load(entry.instrument), entry.kind, entry.step, now_ns)
    for rows in _rows(catalog, entry):
        checks.feed(rows)
    return Checked(entry, checks.finish())


def _rows(catalog: Catalog, entry: Entry) -> Iterator[Chunk]:
    kind: Kind = entry.kind
    for stored in stored_files(catalog.path, entry.series):
        for start, end in windows(stored.first, stored.last, group_ends(stored.path), CHUNK_ROWS // 2):
            yield read_file(kind, stored.path, start, end)  # type: ignore[misc]
