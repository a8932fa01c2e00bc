# file: core/market/importers/recipe.py
"""How the columns of a file become our columns: what every format states, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.importers.options import ReadOptions, Stamp
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.units import Unit

__all__ = ["Format", "Recipe"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """State where a format keeps what.

    `time` is one column, or date and time. `fields` maps our names to the file's. `stamp` says which end of a bar the
    stamps mark and `tz` their clock where they do not name it. `interval_minutes` is the unit of a funding interval
    column, `point` that of a spread column in price, `size_unit` that of quote sizes. `volumes` says what columns of
    volume count where their names do not. `notes` are the assumptions a person should hear about.
    """

    time: tuple[str, ...]
    fields: Mapping[str, str]
    stamp: Stamp = "close"
    tz: str = "UTC"
    interval_minutes: int = 1
    point: float = 0.0
    size_unit: float = 1.0
    volumes: Mapping[str, Unit] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Format:
    """Name a format; `recipe` returns None for a file that is not in it.

    A recipe function raises `DataDefect` when the file is clearly of its format but lacks what `kind` needs.
    """

    name: str
    recipe: Callable[[Sheet, Kind, ReadOptions], Recipe | None]
