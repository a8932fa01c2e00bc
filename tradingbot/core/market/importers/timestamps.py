# file: core/market/importers/timestamps.py
"""Parse time columns: epoch numbers of any unit, ISO text, compact forms of archives, as nanoseconds of their clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.importers.sheet import Sheet, flags_of, unreadable
from tradingbot.core.time import SECOND

NO_TIME = np.iinfo(np.int64).min // 2

_ISO = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?(?P<zone>Z|[+-]\d\d(:?\d\d)?)?")
_DIGITS = r"\d{4}[./-]?\d\d[./-]?\d\d([ T,]*\d\d:?\d\d(:?\d\d(\.\d{1,3}|\d{3})?)?)?"
_SINGLE = r"\b(\d)\b"
"""A digit that stands alone lacks its zero: 2024/1/31 9:05."""
_LAST_YEAR = 2261
"""Later ones do not fit into 64 bits of nanoseconds."""

_EPOCH = re.compile(r"\d{9,19}(\.\d+)?")
_SECOND_DIGITS = 10
"""Whole seconds are read as floats: a later row may have a fraction."""

_COMPACT = (12, 14)
"""Digits of yyyymmddHHMM and yyyymmddHHMMSS: no epoch number of our times has so many."""

_UNITS = {"s": SECOND, "ms": 1_000_000, "us": 1_000, "ns": 1}


class _Form(Enum):
    EPOCH = "epoch"
    STAMP = "stamp"
    DIGITS = "digits"


@dataclass(frozen=True, slots=True)
class Stamps:
    """Know how one file writes its times.

    `columns` are read as `type` and joined where there are two (date and time); `zoned` tells that the values
    themselves name the instant, so that no clock has to be assumed.
    """

    columns: tuple[str, ...]
    type: pa.DataType
    form: _Form
    zoned: bool

    @property
    def names_zone(self) -> bool:
        """Tell that a zone is written beside the values, so that no other clock can be meant."""
        return self.zoned and self.form is _Form.STAMP

    def wall(self, values: Sequence[pa.Array]) -> Ints:
        """Return what the clock of the file showed in nanoseconds since 1970, shape (n,); `NO_TIME` for nothing."""
        if self.form is _Form.DIGITS:
            return _from_digits(values)
        return _from_epoch(values[0]) if self.form is _Form.EPOCH else _from_stamp(values[0])


def stamps_of(sheet: Sheet, columns: tuple[str, ...]) -> Stamps:
    """Tell from the first values how the columns write time.

    Raises DataDefect when they are in no known form, e.g. 03/04/2024, whose day and month nobody can tell apart.
    """
    stored = sheet.types.get(columns[0])
    if stored is not None and pa.types.is_temporal(stored) and len(columns) == 1:
        zoned = pa.types.is_timestamp(stored) and stored.tz is not None
        return Stamps(columns, stored, _Form.STAMP, zoned)
    text = " ".join(sheet.first(name) for name in columns)
    if len(columns) == 1 and _EPOCH.fullmatch(text) and len(text.partition(".")[0]) not in _COMPACT:
        fractions = "." in text or len(text) <= _SECOND_DIGITS
        return Stamps(columns, pa.float64() if fractions else pa.int64(), _Form.EPOCH, True)
    if len(columns) == 1 and (iso := _ISO.fullmatch(text)):
        zoned = iso["zone"] is not None
        return Stamps(columns, pa.timestamp("ns", "UTC") if zoned else pa.timestamp("ns"), _Form.STAMP, zoned)
    if re.fullmatch(_DIGITS, re.sub(_SINGLE, r"0\1", text)):
        return Stamps(columns, pa.string(), _Form.DIGITS, False)
    allowed = "epoch s/ms/us/ns, 2024-01-31 23:59:00 (with or without +00:00), 20240131 235900, 2024.01.31 23:59"
    raise unreadable(sheet.path, f"time in column {', '.join(columns)!r} was {text!r}, allowed is {allowed}")


def _from_epoch(values: pa.Array) -> Ints:
    if pa.types.is_floating(values.type):
        seconds = values.to_numpy(zero_copy_only=False)
        known = np.isfinite(seconds) & (np.abs(seconds) < 1e11)
        shown = np.where(known, seconds, 0.0)
        whole = np.floor(shown)
        micros = np.round((shown - whole) * 1e6)
        ns = whole.astype(np.int64) * SECOND + micros.astype(np.int64) * 1_000
        large = np.isfinite(seconds) & ~known
        ns[large] = _scaled(seconds[large].astype(np.int64))
        return np.where(np.isfinite(seconds), ns, NO_TIME)
    return np.where(flags_of(values.is_valid()), _scaled(_ints(values.fill_null(0))), NO_TIME)


def _scaled(values: Ints) -> Ints:
    """Tell s, ms, us and ns apart by size: each unit covers the years 1973 to 5138."""
    size = np.abs(values)
    unit = np.full(len(values), 1, np.int64)
    for limit, factor in ((10**17, 1_000), (10**14, 1_000_000), (10**11, SECOND)):
        unit[size < limit] = factor
    return _times(values, unit)


def _times(values: Ints, unit: Ints | int) -> Ints:
    """Return nanoseconds; a date beyond 2262, which would wrap around into our own years, is no time."""
    limit = np.iinfo(np.int64).max // unit
    return np.where((values > limit) | (values < -limit), NO_TIME, values * unit)


def _from_stamp(values: pa.Array) -> Ints:
    stamped = values if pa.types.is_timestamp(values.type) else values.cast(pa.timestamp("ms"))
    ints = _times(_ints(stamped.cast(pa.int64()).fill_null(0)), _UNITS[stamped.type.unit])
    return np.where(flags_of(values.is_valid()), ints, NO_TIME)


def _from_digits(values: Sequence[pa.Array]) -> Ints:
    texts = [value.cast(pa.string()) for value in values]
    joined = texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, " ")
    joined = pc.utf8_trim_whitespace(joined.fill_null(""))
    known = _written(joined)
    if not known.all():
        joined = pc.if_else(pa.array(known), joined, pc.replace_substring_regex(joined, _SINGLE, r"0\1"))
        known = _written(joined)
    digits = pc.replace_substring_regex(pc.if_else(pa.array(known), joined, ""), r"\D+", "")
    numbers = _ints(pc.utf8_rpad(digits, 17, "0").cast(pa.int64()))
    return np.where(known, _instants(numbers), NO_TIME)


def _written(texts: pa.Array) -> BoolArray:
    return flags_of(pc.match_substring_regex(texts, f"^(?:{_DIGITS})$"))


def _instants(numbers: Ints) -> Ints:
    """Return nanoseconds of yyyymmddHHMMSSmmm, `NO_TIME` for what no calendar or clock shows."""
    rest, date = numbers % 10**9, numbers // 10**9
    hours, minutes, seconds, millis = rest // 10**7, rest // 10**5 % 100, rest // 1000 % 100, rest % 1000
    year, month, day = date // 10_000, date // 100 % 100, date % 100
    shown = (year >= 1970) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    shown &= (hours <= 24) & (minutes <= 59) & (seconds <= 60)
    months = np.where(shown, (year - 1970) * 12 + month - 1, 0)
    # Days since 1970 of the first of this month and of the next.
    first, after = ((months + more).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) for more in (0, 1))
    shown &= day <= after - first
    ns = (((((first + day - 1) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + millis) * 1_000_000
    return np.where(shown, ns, NO_TIME)


def _ints(values: pa.Array) -> Ints:
    return np.asarray(values.to_numpy(zero_copy_only=False), np.int64)
