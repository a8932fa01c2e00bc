# file: core/market/importers/chainfile.py
"""Option chain snapshots in a file as columns: one row per contract and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.clocks import UTC_CLOCK, mark_doubtful, parse_clock
from tradingbot.core.market.columns import Columns
from tradingbot.core.market.importers.columnnames import TIMES, find_column
from tradingbot.core.market.importers.daylightsaving import AmbiguousHours
from tradingbot.core.market.importers.filetypes import open_sheet
from tradingbot.core.market.importers.sheet import Sheet, flags_of, missing_columns, numbers_of, readable
from tradingbot.core.market.importers.timestamps import stamps_of

NO_DAY = -1

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "expiry": ("expiry", "expiration", "expirationdate", "expirydate"),
    "strike": ("strike", "strikeprice"),
    "right": ("right", "optiontype", "type", "putcall", "cp"),
    "bid": ("bid", "bidprice"),
    "ask": ("ask", "askprice"),
    "underlying_price": ("underlyingprice", "underlyinglast", "spot"),
    "bid_size": ("bidsize",),
    "ask_size": ("asksize",),
    "underlying": ("underlying", "underlyingsymbol", "root"),
}
_REQUIRED = ("expiry", "strike", "right", "bid", "ask")
_TYPES = {"expiry": pa.date32(), "right": pa.string(), "underlying": pa.string()}


@dataclass(frozen=True, slots=True)
class ChainRows(Columns):
    """Rows of chains, in the file's order.

    `row` is the 0-based row of the file, `expiry` days since 1970 (`NO_DAY`: none), `call` True for calls, `known`
    False where the right is neither C nor P. Absent numbers are NaN.
    """

    row: Ints
    expiry: Ints
    strike: Floats
    call: BoolArray
    known: BoolArray
    bid: Floats
    ask: Floats
    bid_size: Floats
    ask_size: Floats
    spot: Floats


class ChainFile:
    """Open a file of chains; every call of `read` starts anew, `underlyings` are the names it has met.

    Raises DataDefect when the file cannot be read or lacks a column; BadInput when `columns` names something a chain
    does not have.
    """

    def __init__(self, path: Path, columns: Mapping[str, str], tz: str | None) -> None:
        self.path = path
        self.underlyings: set[str] = set()
        self._sheet = open_sheet(path)
        self._names = _named(self._sheet, columns)
        time = self._names.pop("time")
        self._stamps = stamps_of(self._sheet, (time,))
        self._clock = UTC_CLOCK if tz is None or self._stamps.names_zone else parse_clock(tz)
        self.sized = "bid_size" in self._names and "ask_size" in self._names

    def read(self) -> Iterator[ChainRows]:
        """Yield all rows in bounded chunks."""
        types = {name: _TYPES.get(field, pa.float64()) for field, name in self._names.items()}
        types[self._stamps.columns[0]] = self._stamps.type
        done = 0
        passes = AmbiguousHours(self._clock, 0, 0, False)
        for batch, instants, doubt in passes.over(self._sheet.read(types), self._wall):
            with readable(self.path):
                yield self._chunk(batch, mark_doubtful(instants, doubt), done)
            done += batch.num_rows

    def _wall(self, batch: pa.RecordBatch) -> Ints:
        with readable(self.path):
            return self._stamps.wall([batch.column(self._stamps.columns[0])])

    def _chunk(self, batch: pa.RecordBatch, ts: Ints, first: int) -> ChainRows:
        columns = {field: batch.column(name) for field, name in self._names.items()}
        rights = pc.utf8_upper(pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(_text(columns["right"])), 0, 1))
        calls = flags_of(pc.equal(rights, "C"))
        days = columns["expiry"].cast(pa.date32(), safe=False).cast(pa.int32()).fill_null(NO_DAY)
        if "underlying" in columns:
            self.underlyings.update(pc.unique(_text(columns["underlying"])).to_pylist())
        none = pa.nulls(batch.num_rows)
        strike, *others = (
            numbers_of(columns.get(field, none))
            for field in ("strike", "bid", "ask", "bid_size", "ask_size", "underlying_price")
        )
        return ChainRows(
            ts,
            np.arange(first, first + batch.num_rows),
            np.asarray(days.to_numpy(zero_copy_only=False), np.int64),
            strike,
            calls,
            calls | flags_of(pc.equal(rights, "P")),
            *others,
        )


def _named(sheet: Sheet, columns: Mapping[str, str]) -> dict[str, str]:
    allowed = ("time", *_ALIASES)
    for field, name in columns.items():
        if field not in allowed:
            raise BadInput(
                f"--column {field}={name}: {field!r} is not a column of chains, allowed is {', '.join(allowed)}"
            )
        if name not in sheet.names:
            raise missing_columns(sheet.path, [field], sheet.names)
    usual = {field: find_column(sheet.names, aliases) for field, aliases in (("time", TIMES), *_ALIASES.items())}
    named = {field: name for field, name in usual.items() if name is not None} | dict(columns)
    absent = [field for field in ("time", *_REQUIRED) if field not in named]
    if absent:
        raise missing_columns(sheet.path, absent, sheet.names)
    return named


def _text(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()).fill_null("")
