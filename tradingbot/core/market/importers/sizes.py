# file: core/market/importers/sizes.py
"""Sizes of forex quotes in millions, as Dukascopy writes them: 1.5 is one and a half million."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from tradingbot.core.market.importers.recipe import Recipe
from tradingbot.core.market.importers.refusal import readable
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.units import Units

__all__ = ["with_sizes"]

_MILLION = 1_000_000.0
_SMALLEST = 1_000.0
"""No bank quotes less than this many units of a currency: what usually is less counts millions."""

_SIZES = ("bid_size", "ask_size")


def with_sizes(sheet: Sheet, recipe: Recipe, units: Units) -> Recipe:
    """Return the recipe of a file of quotes, with the unit of their sizes and a note where it is a million."""
    names = [recipe.fields[field] for field in _SIZES if field in recipe.fields]
    if not names or not units.ticks:
        return recipe
    with readable(sheet.path):
        batch = next(sheet.peek(names, dict.fromkeys(names, pa.float64())))
        sizes = np.concatenate([batch.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False) for name in names])
    known = sizes[sizes > 0]
    if not len(known) or np.median(known) >= _SMALLEST:
        return recipe
    note = f"the sizes are taken as millions of {units.base}: half of the first are {np.median(known):g} and less"
    return replace(recipe, size_unit=_MILLION, notes=(*recipe.notes, note))
