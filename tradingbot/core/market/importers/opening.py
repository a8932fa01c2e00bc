# file: core/market/importers/opening.py
"""Open a market data file: tell its format and what was assumed, and stream its rows; funding as fractions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.calendars.clocks import UTC_CLOCK, Clock, parse_clock
from tradingbot.core.market.chunks import Chunk, cut
from tradingbot.core.market.columns import Funding, Kind
from tradingbot.core.market.funding import DEFAULT_MINUTES, RateUnit, as_fractions, intervals_of, scheduled
from tradingbot.core.market.importers.archives import BINANCE, BYBIT, HISTDATA
from tradingbot.core.market.importers.columnnames import FIELDS, find_column, normalised_name
from tradingbot.core.market.importers.filetypes import open_sheet
from tradingbot.core.market.importers.generic import FREQTRADE, GENERIC, TIDY
from tradingbot.core.market.importers.reading import (
    ASSUMED_SIZE,
    REQUIRED,
    SIDES,
    Reading,
    is_newest_first,
    oldest_first,
)
from tradingbot.core.market.importers.recipe import Format, ReadOptions, Recipe, Source
from tradingbot.core.market.importers.sheet import Sheet, missing_columns
from tradingbot.core.market.importers.spreads import with_sizes, with_spread
from tradingbot.core.market.importers.timestamps import Stamps, stamps_of
from tradingbot.core.market.importers.volumes import with_volume
from tradingbot.core.market.series import Step

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

    Raises DataDefect when nobody stated it and the column's name speaks of another one; BadInput when it was stated of
    rows that are not funding.
    """
    if options.rate_unit is not None and kind is not Kind.FUNDING:
        raise BadInput(
            f"--unit was {options.rate_unit}, but the rows are {kind}; only funding rates have a unit to state"
        )
    if options.rate_unit is not None or kind is not Kind.FUNDING:
        return options.rate_unit or RateUnit.FRACTION
    column = recipe.fields["rate"]
    named = next((unit for unit, words in _NAMED.items() if normalised_name(column).endswith(words)), None)
    if "%" in column or named is not None:
        raise DataDefect(
            f"{sheet.path}: the column {column!r} does not seem to hold fractions; say what its numbers are: "
            f"--unit {named or RateUnit.PERCENT}, or --unit fraction if they are"
        )
    return RateUnit.FRACTION


FORMATS: tuple[Format, ...] = (TIDY, BINANCE, BYBIT, FREQTRADE, HISTDATA, GENERIC)
"""Asked in this order; the first that knows the file reads it."""

_STEPPED = (Kind.BARS, Kind.MARKS)
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def open_source(path: Path, kind: Kind, options: ReadOptions | None = None) -> Source:
    """Tell what the file is and how its rows are read; no more than its head is read yet.

    Raises DataDefect when the file is absent, empty, corrupt, in no known format, or lacks a column that `kind` needs;
    BadInput when a column, clock or zone in `options` makes no sense for this file.
    """
    options = options or ReadOptions()
    sheet = open_sheet(path)
    known, recipe = _recognise(sheet, kind, options)
    _require(sheet, kind, recipe)
    if kind is Kind.BARS:
        recipe = with_spread(sheet, with_volume(sheet, recipe, options), options.units)
    elif kind is Kind.QUOTES:
        recipe = with_sizes(sheet, recipe, options.units)
    stamps = stamps_of(sheet, recipe.time)
    clock = _clock(sheet, recipe, stamps, options)
    reading = Reading(sheet, kind, recipe, stamps, clock, options.units)
    head = reading.head()
    step = (options.step or _usual_step(head)) if kind in _STEPPED else None
    shift = _shift(sheet, recipe, options, step) if kind in _STEPPED else 0
    backwards = is_newest_first(head)
    spacing = _usual_spacing(head) if step is None else step.ns
    unit = rate_unit(sheet, kind, recipe, options)

    def chunks() -> Iterator[Chunk]:
        found = reading.chunks(shift, spacing, backwards)
        found = oldest_first(found) if backwards else found
        return settlements_of(cast(Iterator[Funding], found), unit) if kind is Kind.FUNDING else found

    notes = _notes(kind, recipe, stamps, clock, backwards)
    if unit is not RateUnit.FRACTION:
        notes += (f"rates are read as --unit {unit} and kept as fractions an interval",)
    return Source(path, known.name, kind, step, sheet.rows, notes, chunks, clock, options.rate_unit is not None)


def _recognise(sheet: Sheet, kind: Kind, options: ReadOptions) -> tuple[Format, Recipe]:
    formats = (GENERIC,) if options.columns else FORMATS
    for known in formats:
        if (recipe := known.recipe(sheet, kind, options)) is not None:
            return known, recipe
    names = ", ".join(known.name for known in FORMATS)
    shown = ", ".join(sheet.first(name) for name in sheet.names[:8])
    raise DataDefect(
        f"{sheet.path}: no known format has {kind} in {len(sheet.names)} columns without a header, such as {shown}; "
        f"known are {names}; give the file a header, or name its columns by number: --column time=0"
    )


def _require(sheet: Sheet, kind: Kind, recipe: Recipe) -> None:
    wanted = REQUIRED[kind]
    absent = [field for field in wanted if field not in recipe.fields]
    if kind is Kind.BARS and len(absent) == len(wanted):
        sided = [prefix + field for prefix in SIDES.values() for field in wanted]
        if all(field in recipe.fields for field in sided):
            return
    if not absent:
        return
    error = missing_columns(sheet.path, absent, sheet.names)
    other = next((kind for kind in (Kind.TRADES, Kind.QUOTES, Kind.FUNDING) if _fits(sheet, kind)), None)
    raise DataDefect(f"{error}, or read it as what it looks like: --kind {other}") if other else error


def _fits(sheet: Sheet, kind: Kind) -> bool:
    return all(find_column(sheet.names, FIELDS[kind][field]) is not None for field in REQUIRED[kind])


def _clock(sheet: Sheet, recipe: Recipe, stamps: Stamps, options: ReadOptions) -> Clock:
    """Return the clock of unzoned stamps; epoch numbers and zoned stamps are UTC unless a person insists."""
    if options.tz is None:
        return UTC_CLOCK if stamps.zoned else replace(parse_clock(recipe.tz), given=False)
    clock = parse_clock(options.tz)
    if stamps.names_zone and clock != UTC_CLOCK:
        raise BadInput(f"--tz was {options.tz!r}, but the times in {sheet.path} already say their zone; leave --tz out")
    return clock


def _usual_step(ts: Ints) -> Step | None:
    """Return the commonest spacing as a step, if it is whole seconds."""
    seconds, rest = divmod(_usual_spacing(ts), 1_000_000_000)
    if rest or seconds == 0:
        return None
    return next(Step(seconds // size, unit) for unit, size in _UNITS if seconds % size == 0)


def _usual_spacing(ts: Ints) -> int:
    spacing = np.diff(ts)
    found, counts = np.unique(np.abs(spacing[spacing != 0]), return_counts=True)
    return int(found[counts.argmax()]) if len(found) else 0


def _shift(sheet: Sheet, recipe: Recipe, options: ReadOptions, step: Step | None) -> int:
    if (options.stamp or recipe.stamp) == "close":
        return 0
    if step is None:
        raise BadInput(f"{sheet.path}: the bar length cannot be told from the spacing of the rows; name it with --bar")
    return step.ns


def _notes(kind: Kind, recipe: Recipe, stamps: Stamps, clock: Clock, backwards: bool) -> tuple[str, ...]:
    notes = [*recipe.notes]
    if not stamps.zoned:
        notes.append(f"time stamps name no zone and are read as {clock.name}; --tz names another")
    if kind is Kind.QUOTES and "bid_size" not in recipe.fields:
        notes.append(f"the file has no quote sizes: {ASSUMED_SIZE:,.0f} is assumed on both sides")
    if backwards:
        notes.append("the newest row comes first: rows are reversed, and counted from the file's end")
    return tuple(notes)
