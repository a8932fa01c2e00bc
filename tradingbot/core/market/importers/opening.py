# file: core/market/importers/opening.py
"""Open a market data file: tell its format and what was assumed, and stream its rows; funding as fractions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from tradingbot.core.market.importers.archives import binance, bybit, histdata
from tradingbot.core.market.importers.columnnames import FIELDS, find_column, normalised_name
from tradingbot.core.market.importers.filetypes import open_sheet
from tradingbot.core.market.importers.generic import freqtrade, generic, tidy
from tradingbot.core.market.importers.reading import ASSUMED_SIZE, REQUIRED, SIDES, Reading, oldest_first
from tradingbot.core.market.importers.recipe import Format, ReadOptions, Recipe, Source
from tradingbot.core.market.importers.sheet import Sheet, missing_columns
from tradingbot.core.market.importers.spreads import with_sizes, with_spread
from tradingbot.core.market.importers.timestamps import Stamps, stamps_of
from tradingbot.core.market.importers.volumes import with_volume
from tradingbot.core.market.series import Step

FORMATS: Mapping[str, Format] = {
    "tidy": tidy,
    "binance": binance,
    "bybit": bybit,
    "freqtrade": freqtrade,
    "histdata": histdata,
    "generic": generic,
}
"""Tried in this order; the first that knows the file reads it."""

_STEPPED = (Kind.BARS, Kind.MARKS)
_NAMED_UNITS = {
    RateUnit.ANNUAL: ("annual", "apr", "apy", "yearly"),
    RateUnit.BPS: ("bps", "bp", "basispoints"),
    RateUnit.PERCENT: ("pct", "percent", "percentage"),
}


def open_source(path: Path, kind: Kind, options: ReadOptions | None = None) -> Source:
    """Tell what the file is and how its rows are read; no more than its head is read yet.

    Raises DataDefect when the file is absent, empty, corrupt, in no known format, or lacks a column that `kind` needs;
    BadInput when a column, clock or zone in `options` makes no sense for this file.
    """
    options = options or ReadOptions()
    sheet = open_sheet(path)
    name, recipe = _recognise(sheet, kind, options)
    _require(sheet, kind, recipe)
    if kind is Kind.BARS:
        recipe = with_spread(sheet, with_volume(sheet, recipe, options), options.units)
    elif kind is Kind.QUOTES:
        recipe = with_sizes(sheet, recipe, options.units)
    stamps = stamps_of(sheet, recipe.time)
    clock = _clock(sheet, recipe, stamps, options)
    reading = Reading(sheet, kind, recipe, stamps, clock, options.units)
    head = reading.head()
    usual = _usual_spacing(head)
    step = (options.step or Step.of_ns(usual)) if kind in _STEPPED else None
    shift = _shift(sheet, recipe, options, step) if kind in _STEPPED else 0
    backwards = _is_newest_first(head)
    unit = _rate_unit(sheet, kind, recipe, options)

    def chunks() -> Iterator[Chunk]:
        rows = reading.chunks(shift, usual if step is None else step.ns, backwards)
        rows = oldest_first(rows) if backwards else rows
        return settlements_of(cast(Iterator[Funding], rows), unit) if kind is Kind.FUNDING else rows

    notes = _notes(kind, recipe, stamps, clock, backwards, unit)
    return Source(path, name, kind, step, sheet.rows, notes, chunks, clock, options.rate_unit is not None)


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


def _recognise(sheet: Sheet, kind: Kind, options: ReadOptions) -> tuple[str, Recipe]:
    for name in ("generic",) if options.columns else FORMATS:
        if (recipe := FORMATS[name](sheet, kind, options)) is not None:
            return name, recipe
    shown = ", ".join(sheet.first(name) for name in sheet.names[:8])
    raise DataDefect(
        f"{sheet.path}: no known format has {kind} in {len(sheet.names)} columns without a header, such as {shown}; "
        f"known are {', '.join(FORMATS)}; give the file a header, or name its columns by number: --column time=0"
    )


def _require(sheet: Sheet, kind: Kind, recipe: Recipe) -> None:
    wanted = REQUIRED[kind]
    absent = [field for field in wanted if field not in recipe.fields]
    sided = {prefix + field for prefix in SIDES.values() for field in wanted}
    if not absent or (kind is Kind.BARS and len(absent) == len(wanted) and sided <= set(recipe.fields)):
        return
    error = missing_columns(sheet.path, absent, sheet.names)
    for other in (Kind.TRADES, Kind.QUOTES, Kind.FUNDING):
        if all(find_column(sheet.names, FIELDS[other][field]) is not None for field in REQUIRED[other]):
            raise DataDefect(f"{error}, or read it as what it looks like: --kind {other}")
    raise error


def _rate_unit(sheet: Sheet, kind: Kind, recipe: Recipe, options: ReadOptions) -> RateUnit:
    """Return the unit of a file's funding rates: the one a person stated, else fractions."""
    stated = options.rate_unit
    if kind is not Kind.FUNDING and stated is not None:
        raise BadInput(f"--unit was {stated}, but the rows are {kind}; only funding rates have a unit to state")
    if kind is not Kind.FUNDING or stated is not None:
        return stated or RateUnit.FRACTION
    column = recipe.fields["rate"]
    named = next((unit for unit, words in _NAMED_UNITS.items() if normalised_name(column).endswith(words)), None)
    if "%" in column or named is not None:
        raise DataDefect(
            f"{sheet.path}: the column {column!r} does not seem to hold fractions; say what its numbers are: "
            f"--unit {named or RateUnit.PERCENT}, or --unit fraction if they are"
        )
    return RateUnit.FRACTION


def _clock(sheet: Sheet, recipe: Recipe, stamps: Stamps, options: ReadOptions) -> Clock:
    """Return the clock of unzoned stamps; epoch numbers and zoned stamps are UTC unless a person insists."""
    if options.tz is None:
        return UTC_CLOCK if stamps.zoned else replace(parse_clock(recipe.tz), given=False)
    clock = parse_clock(options.tz)
    if stamps.names_zone and clock != UTC_CLOCK:
        raise BadInput(f"--tz was {options.tz!r}, but the times in {sheet.path} already say their zone; leave --tz out")
    return clock


def _usual_spacing(ts: Ints) -> int:
    spacing = np.diff(ts)
    spaces, counts = np.unique(np.abs(spacing[spacing != 0]), return_counts=True)
    return int(spaces[counts.argmax()]) if len(spaces) else 0


def _is_newest_first(ts: Ints) -> bool:
    """Tell by a file's first stamps: at least two instants, and 99 of 100 steps go back or stand still."""
    steps = np.diff(ts)
    return bool((steps < 0).any() and (steps <= 0).mean() >= 0.99)


def _shift(sheet: Sheet, recipe: Recipe, options: ReadOptions, step: Step | None) -> int:
    if (options.stamp or recipe.stamp) == "close":
        return 0
    if step is None:
        raise BadInput(f"{sheet.path}: the bar length cannot be told from the spacing of the rows; name it with --bar")
    return step.ns


def _notes(
    kind: Kind, recipe: Recipe, stamps: Stamps, clock: Clock, backwards: bool, unit: RateUnit
) -> tuple[str, ...]:
    notes = [*recipe.notes]
    if not stamps.zoned:
        notes.append(f"time stamps name no zone and are read as {clock.name}; --tz names another")
    if kind is Kind.QUOTES and "bid_size" not in recipe.fields:
        notes.append(f"the file has no quote sizes: {ASSUMED_SIZE:,.0f} is assumed on both sides")
    if backwards:
        notes.append("the newest row comes first: rows are reversed, and counted from the file's end")
    if unit is not RateUnit.FRACTION:
        notes.append(f"rates are read as --unit {unit} and kept as fractions an interval")
    return tuple(notes)
