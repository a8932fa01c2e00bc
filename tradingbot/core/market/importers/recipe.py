# file: core/market/importers/recipe.py
"""Read options, recipe and source: what a person says of a file, what its format states, the opened file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from tradingbot.core.market.calendars.clocks import UTC_CLOCK, Clock
from tradingbot.core.market.catalog.origins import Origin
from tradingbot.core.market.chunks import Chunk
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.funding import RateUnit
from tradingbot.core.market.importers.columnnames import InstrumentUnits, VolumeUnit
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.series import Step

Stamp = Literal["open", "close"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Carry the flags of `data import` that decide how rows are read.

    `step` is the bar length (`--bar`), inferred from the spacing where None. `stamp` says whether bars are stamped at
    their open or close and `tz` which clock the file's times were read from (`America/New_York+7h`, `+03:00`); None
    leaves both to the format. `columns` maps our names to the file's (`{"open": "Open price"}`). `units` are those of
    the instrument that the file is imported for. `rate_unit` is that of funding rates; None takes them for fractions,
    if they can be.
    """

    step: Step | None = None
    stamp: Stamp | None = None
    tz: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    units: InstrumentUnits = field(default_factory=InstrumentUnits)
    rate_unit: RateUnit | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """State where a format keeps what.

    `time` is one column, or date and time. `fields` maps our names to the file's. `stamp` says which end of a bar the
    stamps mark and `tz` their clock where they do not name it. `interval_minutes` is the unit of a funding interval
    column, `point` that of a spread column in price, `size_unit` that of quote sizes. `volumes` says what columns of
    volume count where their names do not. `notes` are the assumptions a person should know.
    """

    time: tuple[str, ...]
    fields: Mapping[str, str]
    stamp: Stamp = "close"
    tz: str = "UTC"
    interval_minutes: int = 1
    point: float = 0.0
    size_unit: float = 1.0
    volumes: Mapping[str, VolumeUnit] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def noted(self, note: str) -> Self:
        """Return the recipe with one more note."""
        return replace(self, notes=(*self.notes, note))


type Format = Callable[[Sheet, Kind, ReadOptions], Recipe | None]
"""Returns None for a file that is not in the format, raises DataDefect when one that is lacks what the kind needs."""


@dataclass(frozen=True, slots=True)
class Source:
    """Hold an opened file: every call of `chunks()` reads it anew, since checking and writing are two passes.

    A chunk has at most `CHUNK_ROWS` rows, in the file's order (oldest first where the whole file is newest first), bars
    and marks stamped at their close. A file of bid and ask bars yields a dict of equally stamped bars. `rows` is None
    where only a full read can tell; `step` is the bar length (None for ticks and funding); `notes` says what was
    assumed, `clock` what the stamps were read from, `unit_known` that a person stated the unit of funding rates, which
    come as the catalog keeps them. A row whose reading names no instant is `marked` as such. `origins` are recorded
    with the rows; of a source that has some each absent bar was asked for, so gaps are told and never refuse.
    """

    path: Path
    format: str
    kind: Kind
    step: Step | None
    rows: int | None
    notes: tuple[str, ...]
    chunks: Callable[[], Iterator[Chunk]]
    clock: Clock = UTC_CLOCK
    unit_known: bool = False
    origins: tuple[Origin, ...] = ()
