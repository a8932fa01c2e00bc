# file: core/market/importers/options.py
"""What a person may say about a file that the file does not say itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tradingbot.core.market.importers.units import Units
from tradingbot.core.market.rateunits import RateUnit
from tradingbot.core.market.steps import Step

__all__ = ["ReadOptions", "Stamp"]

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
    units: Units = field(default_factory=Units)
    rate_unit: RateUnit | None = None
