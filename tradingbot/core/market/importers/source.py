# file: core/market/importers/source.py
"""A market data file, opened: what it is and its rows in bounded chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.chunks import CHUNK_ROWS, Chunk
from tradingbot.core.market.clocks import UTC, Clock
from tradingbot.core.market.steps import Step

__all__ = ["CHUNK_ROWS", "Chunk", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """Hold an opened file: every call of `chunks()` reads it anew, since checking and writing are two passes.

    A chunk has at most `CHUNK_ROWS` rows, in the file's order (oldest first where the whole file is newest first), bars
    and marks stamped at their close. A file of bid and ask bars yields a dict of equally stamped bars. `rows` is None
    where only a full read can tell; `step` is the bar length (None for ticks and funding); `notes` says what was
    assumed, `clock` what the stamps were read from, `unit_known` that a person stated the unit of funding rates, which
    come as the catalog keeps them. A row whose reading names no instant is `marked` as such.
    """

    path: Path
    format: str
    kind: Kind
    step: Step | None
    rows: int | None
    notes: tuple[str, ...]
    chunks: Callable[[], Iterator[Chunk]]
    clock: Clock = UTC
    unit_known: bool = False
