# file: core/market/importers/intervals.py
"""Funding as the catalog keeps it: at the times it was due, a fraction an interval, with each interval's length."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.arrays import Funding, Kind
from tradingbot.core.market.chunks import Chunk, cut
from tradingbot.core.market.importers.names import plain
from tradingbot.core.market.importers.options import ReadOptions
from tradingbot.core.market.importers.recipe import Recipe
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.rateunits import RateUnit, as_fractions
from tradingbot.core.market.settlements import DEFAULT_MINUTES, intervals_of, scheduled

__all__ = ["rate_unit", "settlements_of"]

_NAMED = {
    RateUnit.ANNUAL: ("annual", "apr", "apy", "yearly"),
    RateUnit.BPS: ("bps", "bp", "basispoints"),
    RateUnit.PERCENT: ("pct", "percent", "percentage"),
}


def settlements_of(chunks: Iterator[Funding], unit: RateUnit) -> Iterator[Chunk]:
    """Yield the rows of all chunks with due times, absent intervals (0) filled in, and rates of `unit` as fractions.

    A whole file is held at once: what an interval is, the settlements on both sides of it tell.
    """
    whole = Funding.join(list(chunks))
    ts = scheduled(whole.ts)
    due = np.unique(ts[ts > 0])
    guess = np.full(len(ts), DEFAULT_MINUTES)
    guess[ts > 0] = intervals_of(due)[np.searchsorted(due, ts[ts > 0])]
    interval = np.where(whole.interval > 0, whole.interval, guess)
    yield from cut(Funding(ts, as_fractions(whole.rate, interval, unit), interval))


def rate_unit(sheet: Sheet, kind: Kind, recipe: Recipe, options: ReadOptions) -> RateUnit:
    """Return the unit of a file's funding rates: the one a person stated, else fractions.

    Raises
    ------
    DataDefect
        When nobody stated it and the column's name speaks of another one.
    BadInput
        When it was stated of rows that are not funding.
    """
    if options.rate_unit is not None and kind is not Kind.FUNDING:
        raise BadInput(
            f"--unit was {options.rate_unit}, but the rows are {kind}; only funding rates have a unit to state"
        )
    if options.rate_unit is not None or kind is not Kind.FUNDING:
        return options.rate_unit or RateUnit.FRACTION
    column = recipe.fields["rate"]
    named = next((unit for unit, words in _NAMED.items() if plain(column).endswith(words)), None)
    if "%" in column or named is not None:
        raise DataDefect(
            f"{sheet.path}: the column {column!r} does not seem to hold fractions; say what its numbers are: "
            f"--unit {named or RateUnit.PERCENT}, or --unit fraction if they are"
        )
    return RateUnit.FRACTION
