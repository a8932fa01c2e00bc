# file: core/market/importers/spreads.py
"""Spreads and quote sizes of forex files: MetaTrader's spread in points, Dukascopy's sizes in millions."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.arrays import Floats
from tradingbot.core.market.columns import OHLC
from tradingbot.core.market.importers.columnnames import InstrumentUnits, VolumeUnit, find_column, volume_columns
from tradingbot.core.market.importers.recipe import Recipe
from tradingbot.core.market.importers.sheet import Sheet, readable

_SIDE = re.compile(r"(?<![A-Za-z])(BID|ASK|bid|ask)(?![A-Za-z])")
_NAMES = ("spread", "spreadpoints")
_MOST_DECIMALS = 8
_WIDEST = 0.02
"""A spread of more than this share of the price is no spread in points."""

_MILLION = 1_000_000.0
_SMALLEST = 1_000.0
"""No bank quotes less than this many units of a currency: what usually is less counts millions."""


def with_spread(sheet: Sheet, recipe: Recipe, units: InstrumentUnits) -> Recipe:
    """Return the recipe of a file of bars with the asks that its spreads make, or a note on why they are left out.

    MetaTrader charts bids and gives the spread in points, a point being the last decimal of its prices; where it has
    traded volume it charts last prices, and the spread says nothing about them. Of a file of one side, as Dukascopy's
    are, a note says what becomes of its prices.
    """
    name = find_column(sheet.names, _NAMES) if sheet.header else None
    if "bid_open" in recipe.fields:
        return recipe
    if name is None:
        side = _SIDE.search(sheet.path.name)
        note = "prices are filed as last prices, and the lane's spread is laid around them"
        return recipe.noted(f"the file's name says {side[1]}: its {note}") if side else recipe
    close, point = recipe.fields["close"], _point(sheet, recipe)
    head = sheet.numbers([name, close])
    spread = head[name]
    if (why := _unusable(spread, head[close], point) or _unsided(recipe, units)) is not None:
        return recipe.noted(f"the column {name!r} is left out: {why}")
    mean = float(np.nanmean(spread))
    note = (
        f"the prices are taken as bids; asks are bids + {name!r} x {point:.{_MOST_DECIMALS}f}".rstrip("0")
        + f", {mean:.1f} points on average in the first {len(spread)} rows"
    )
    return replace(recipe, fields={**recipe.fields, "spread": name}, point=point).noted(note)


def _unusable(spread: Floats, close: Floats, point: float) -> str | None:
    known = np.nan_to_num(spread)
    if not known.any():
        return f"it is 0 in all of the first {len(spread)} rows, which would make trading free"
    if np.any(known < 0) or np.any(known != np.rint(known)):
        return "its values are not whole points"
    widest = float(np.nanmedian(spread * point / close))
    return None if widest <= _WIDEST else f"as points of {point:g} it would be {widest:.1%} of the price"


def _unsided(recipe: Recipe, units: InstrumentUnits) -> str | None:
    """Tell why the prices may be last prices instead of bids."""
    volume = recipe.fields.get("volume")
    ticks = volume is None or volume_columns([volume], units).get(volume) is VolumeUnit.TICKS
    return None if units.ticks or ticks else f"with {volume!r} of real trades the prices are last prices, not bids"


def _point(sheet: Sheet, recipe: Recipe) -> float:
    """Return the last decimal that any of the first prices has: a trailing zero may have been cut off one of them."""
    with readable(sheet.path):
        batch = sheet.head(dict.fromkeys((recipe.fields[field] for field in OHLC), pa.string()))
        texts = [column.cast(pa.string()) for column in batch.columns]
    decimals = pc.replace_substring_regex(pa.concat_arrays(texts), r"^[^.]*\.?", "")
    most = pc.max(pc.utf8_length(pc.fill_null(decimals, ""))).as_py()
    return float(10.0 ** -min(int(most), _MOST_DECIMALS))


def with_sizes(sheet: Sheet, recipe: Recipe, units: InstrumentUnits) -> Recipe:
    """Return the recipe of a file of quotes, with the unit of their sizes and a note where it is a million."""
    names = [recipe.fields[field] for field in ("bid_size", "ask_size") if field in recipe.fields]
    if not names or not units.ticks:
        return recipe
    sizes = np.concatenate(list(sheet.numbers(names).values()))
    known = sizes[sizes > 0]
    if not len(known) or np.median(known) >= _SMALLEST:
        return recipe
    note = f"the sizes are taken as millions of {units.base}: half of the first are {np.median(known):g} and less"
    return replace(recipe, size_unit=_MILLION).noted(note)
