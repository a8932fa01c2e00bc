# file: core/market/importers/volumes.py
"""Volume units: which column is in base units, by its name and by what price times volume comes to."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from pathlib import Path

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import DataDefect
from tradingbot.core.market.columns import OHLC
from tradingbot.core.market.importers.columnnames import (
    InstrumentUnits,
    VolumeUnit,
    find_column,
    normalised_name,
    volume_columns,
)
from tradingbot.core.market.importers.recipe import ReadOptions, Recipe
from tradingbot.core.market.importers.sheet import Sheet

_NEAR = math.log(1.2)
"""A bar's mean price and its volume-weighted one differ by less: two readings of a volume differ by more."""

_LIKE = re.compile(r"vol|size|lots?$|qty|quantity|contracts")
_ROUND = math.log(1.1)


class Fit(Enum):
    """How two volume columns b and q belong together at the price p."""

    BASE = "q = b x p: b is base, q is quote"
    TWICE = "q = b: both are quote"
    SWAPPED = "b = q x p: q is base"
    CONTRACTS = "q = b x p x a power of ten: b counts contracts, q is quote"
    INVERSE = "b = q x p x a power of ten: b counts contracts worth quote, q is base"
    LOTS = "q = b x a power of ten: one counts lots of the other"
    NONE = "none of these"


def fit(first: Floats, second: Floats, price: Floats) -> Fit | None:
    """Return how two columns belong together, shape (n,) each, by their medians; None where no row has both."""
    with np.errstate(invalid="ignore"):
        known = (first > 0) & (second > 0) & (price > 0)
    if not known.any():
        return None
    b, q, p = (np.log(each[known]) for each in (first, second, price))
    base, twice, swapped = (float(np.median(each)) for each in (q - b - p, q - b, b - q - p))
    for name, distance in ((Fit.BASE, base), (Fit.TWICE, twice), (Fit.SWAPPED, swapped)):
        if abs(distance) < _NEAR:
            return name
    for name, distance in ((Fit.CONTRACTS, base), (Fit.INVERSE, swapped), (Fit.LOTS, twice)):
        power = round(distance / math.log(10))
        if power != 0 and abs(distance - power * math.log(10)) < _ROUND:
            return name
    return Fit.NONE


def with_volume(sheet: Sheet, recipe: Recipe, options: ReadOptions) -> Recipe:
    """Return the recipe of a file of bars with its volume settled: a column, one to convert, or none, and a note on it.

    Raises DataDefect when the columns contradict each other, or count another currency than the instrument's.
    """
    if {"volume", "quote_volume"} & set(options.columns):
        return recipe
    units = options.units
    claims = _claims(sheet, recipe, units)
    foreign = [name for name, unit in claims.items() if unit is VolumeUnit.FOREIGN]
    if foreign and units.base:
        raise DataDefect(
            f"{sheet.path}: the column {foreign[0]!r} was neither in {units.base} nor in {units.quote}, which the "
            "instrument trades: is this another market's file? If its prices are right, name the volume with --column "
            "volume=NAME"
        )
    fields = {field: name for field, name in recipe.fields.items() if field not in ("volume", "quote_volume")}
    ticks = [name for name, unit in claims.items() if unit is VolumeUnit.TICKS]
    counted = {name: unit for name, unit in claims.items() if unit is not VolumeUnit.TICKS}
    values: dict[str, Floats] = {}
    if len(claims) > 1:
        prices = [fields[name] for name in OHLC if name in fields] or [fields["bid_" + name] for name in OHLC]
        values = sheet.numbers(dict.fromkeys([*prices, *counted]))
        values[""] = np.mean([values[name] for name in prices], axis=0)
    if ticks:
        counted = {name: unit for name, unit in counted.items() if np.nan_to_num(values[name]).any()}
    if counted:
        volume, note = _Choice(sheet.path, counted, values, units).made()
    else:
        volume, note = _ticks(ticks, units) if ticks else ({}, _unread(sheet, units))
    recipe = replace(recipe, fields=fields | volume)
    return recipe.noted(note) if note else recipe


def _claims(sheet: Sheet, recipe: Recipe, units: InstrumentUnits) -> Mapping[str, VolumeUnit]:
    """Return what the volume columns say that they count; Yahoo's plain volumes of coins are in dollars."""
    if recipe.volumes:
        return recipe.volumes
    if not sheet.header:
        return {recipe.fields["volume"]: VolumeUnit.PLAIN} if "volume" in recipe.fields else {}
    claims = volume_columns([name for name in sheet.names if name not in recipe.time], units)
    if find_column(sheet.names, ("adjclose",)) is not None and units.base and not units.ticks:
        return {name: VolumeUnit.QUOTE if unit is VolumeUnit.PLAIN else unit for name, unit in claims.items()}
    return claims


class _Choice:
    """Weigh the columns that count units of something; `values[""]` is the mean price."""

    def __init__(
        self, path: Path, claims: Mapping[str, VolumeUnit], values: Mapping[str, Floats], units: InstrumentUnits
    ) -> None:
        self._path = path
        self._values = values
        self._trades_base = bool(units.base and not units.ticks)
        self._base = units.base or "base units"
        self._quote = units.quote or "the quote currency"
        self._of = {unit: [name for name, claim in claims.items() if claim is unit] for unit in VolumeUnit}

    def made(self) -> tuple[dict[str, str], str]:
        """Return the field that the volume is read from, and what to say about it."""
        base = self._of[VolumeUnit.BASE] or self._of[VolumeUnit.PLAIN] + self._of[VolumeUnit.SCALED]
        quote, loose = self._of[VolumeUnit.QUOTE], self._of[VolumeUnit.LOOSE]
        if not base and not quote:
            raise self._unclear(f"{loose[0]!r} may count {self._base} or {self._quote}")
        if not base and not loose:
            return self._converted(quote[0], "the file has no volume in base units")
        if not quote and not loose:
            return self._alone(base[0])
        return self._paired(base or loose, quote or loose)

    def _alone(self, name: str) -> tuple[dict[str, str], str]:
        if name in self._of[VolumeUnit.SCALED]:
            raise self._unclear(f"{name!r} does not count {self._base}, the instrument's unit")
        if name not in self._of[VolumeUnit.PLAIN] or not self._trades_base:
            return {"volume": name}, ""
        other = "" if name.isdigit() else f"; --column quote_volume={name!r} if it counts {self._quote}"
        return {"volume": name}, f"{name!r} is taken as {self._base}{other}"

    def _paired(self, base: list[str], quote: list[str]) -> tuple[dict[str, str], str]:
        loose = self._of[VolumeUnit.LOOSE]
        pairs = [(b, q) for q in quote for b in [*base, *loose] if b != q]
        fits = {(b, q): fit(self._values[b], self._values[q], self._values[""]) for b, q in pairs}
        first, other = next((pair for pair in pairs if fits[pair] is Fit.BASE), pairs[0])
        best = fits[first, other]
        if best is Fit.NONE and first in base and other in loose:
            return self._alone(first)
        if first in self._of[VolumeUnit.SCALED] and best in (Fit.BASE, None):
            raise self._unclear(f"{first!r} times the price is {other!r}: the prices are not those of one {self._base}")
        if best is None or best is Fit.BASE:
            known = "which agrees with it" if best else "no row has both"
            return {"volume": first}, f"the volume is {first!r} in {self._base}; {other!r} is left out, {known}"
        lots = best is Fit.LOTS and other in loose
        if first in self._of[VolumeUnit.BASE] or (best in (Fit.NONE, Fit.LOTS) and not lots):
            raise self._unclear(f"{first!r} and {other!r} do not fit together at the prices of the file")
        if best in (Fit.SWAPPED, Fit.INVERSE, Fit.LOTS):
            counts = self._quote if best is Fit.SWAPPED else "contracts"
            return {"volume": other}, f"the volume is {other!r}: {first!r} counts {counts}, by the prices"
        why = f"{first!r} counts {self._quote} too" if best is Fit.TWICE else f"{first!r} counts contracts"
        return self._converted(other, why)

    def _converted(self, name: str, why: str) -> tuple[dict[str, str], str]:
        note = f"the volume is {name!r} divided by the mean of open, high, low and close: {why}"
        return {"quote_volume": name}, note

    def _unclear(self, why: str) -> DataDefect:
        return DataDefect(
            f"{self._path}: the volume in {self._base} was not found: {why}; name it with --column volume=NAME, or a "
            f"volume in {self._quote} with --column quote_volume=NAME"
        )


def _unread(sheet: Sheet, units: InstrumentUnits) -> str:
    """Name the columns of a file without a volume that may be one: half of it, a day's, or by a name nobody knows."""
    names = [name for name in sheet.names if sheet.header and _LIKE.search(normalised_name(name))]
    if not names:
        return ""
    listed, base = ", ".join(map(repr, names)), units.base or "base units"
    return f"the volume is 0: {listed} may count anything and is left out; --column volume=NAME if it counts {base}"


def _ticks(names: list[str], units: InstrumentUnits) -> tuple[dict[str, str], str]:
    if units.ticks or not units.base:
        kept = "counts ticks and is kept as the volume: no fill depends on it while the lane's depth has a size"
        return {"volume": names[0]}, f"{names[0]!r} {kept}"
    return {}, f"{names[0]!r} counts ticks, not {units.base}, and is left out: the volume is 0"
