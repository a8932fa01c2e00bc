# file: core/market/importers/chainfile.py
"""Option chain snapshots in a file as columns: one row per contract and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.clocks import UTC_CLOCK, mark_doubtful, parse_clock
from tradingbot.core.market.importers.columnnames import TIMES, find_column
from tradingbot.core.market.importers.daylightsaving import AmbiguousHours
from tradingbot.core.market.importers.filetypes import open_sheet
from tradingbot.core.market.importers.sheet import Sheet, missing_columns, readable
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


@dataclass(frozen=True, slots=True)
class ChainRows:
    """Rows of chains, in the file's order, all columns equally long.

    `row` is the 0-based row of the file, `expiry` days since 1970 (`NO_DAY`: none), `call` True for calls, `known`
    False where the right is neither C nor P. Absent numbers are NaN.
    """

    row: Ints
    ts: Ints
    expiry: Ints
    strike: Floats
    call: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    bid: Floats
    ask: Floats
    bid_size: Floats
    ask_size: Floats
    spot: Floats

    def __len__(self) -> int:
        return len(self.ts)

    def take(self, index: npt.NDArray[np.bool_] | Ints | slice) -> ChainRows:
        """Return the rows `index` selects."""
        return ChainRows(*(getattr(self, field.name)[index] for field in fields(self)))

    @classmethod
    def join(cls, parts: list[ChainRows]) -> ChainRows:
        """Return the rows of all `parts`, one after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


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
        types = {name: _wire_type(field) for field, name in self._names.items()}
        types[self._stamps.columns[0]] = self._stamps.type
        done = 0
        passes = AmbiguousHours(self._clock, 0, 0, False)
        for batch, instants, doubt in passes.over(self._sheet.read(list(types), types), self._wall):
            with readable(self.path):
                yield self._chunk(batch, mark_doubtful(instants, doubt), done)
            done += batch.num_rows

    def _wall(self, batch: pa.RecordBatch) -> Ints:
        with readable(self.path):
            return self._stamps.wall([batch.column(self._stamps.columns[0])])

    def _chunk(self, batch: pa.RecordBatch, ts: Ints, first: int) -> ChainRows:
        columns = {field: batch.column(name) for field, name in self._names.items()}
        rights = pc.utf8_upper(pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(_text(columns["right"])), 0, 1))
        calls = _flags(pc.equal(rights, "C"))
        if "underlying" in columns:
            self.underlyings.update(pc.unique(_text(columns["underlying"])).to_pylist())
        none = np.full(batch.num_rows, np.nan)

        def numbers(field: str) -> Floats:
            return _floats(columns[field]) if field in columns else none

        return ChainRows(
            np.arange(first, first + batch.num_rows),
            ts,
            _days(columns["expiry"]),
            numbers("strike"),
            calls,
            calls | _flags(pc.equal(rights, "P")),
            *(numbers(field) for field in ("bid", "ask", "bid_size", "ask_size", "underlying_price")),
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
    found = {field: find_column(sheet.names, aliases) for field, aliases in (("time", TIMES), *_ALIASES.items())}
    named = {field: name for field, name in found.items() if name is not None} | dict(columns)
    absent = [field for field in ("time", *_REQUIRED) if field not in named]
    if absent:
        raise missing_columns(sheet.path, absent, sheet.names)
    return named


def _wire_type(field: str) -> pa.DataType:
    return {"expiry": pa.date32(), "right": pa.string(), "underlying": pa.string()}.get(field, pa.float64())


def _text(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()).fill_null("")


def _days(column: pa.Array) -> Ints:
    days = column.cast(pa.date32(), safe=False).cast(pa.int32()).fill_null(NO_DAY)
    return np.asarray(days.to_numpy(zero_copy_only=False), np.int64)


def _floats(column: pa.Array) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _flags(values: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(values.to_numpy(zero_copy_only=False), np.bool_)
