# file: core/market/importers/sheet.py
"""A data file as named columns: unpacked from gzip or zip, and refused in one sentence where unreadable."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tradingbot.core.arrays import BoolArray, Floats
from tradingbot.core.errors import DataDefect
from tradingbot.core.market.checks.defects import DefectKind

_BROKEN = (OSError, EOFError, RuntimeError, UnicodeDecodeError, zipfile.BadZipFile, zlib.error, pa.ArrowException)
_HEAD_BYTES = 65_536

type Types = Mapping[str, pa.DataType]
type Batches = Callable[[Types, bool], Iterator[pa.RecordBatch]]
"""Stream columns from the start, those of text parsed as their types; True makes the first batch a small one."""


def unreadable(path: Path, why: str) -> DataDefect:
    """Name a file whose bytes make no sense."""
    return DataDefect(f"{path}: {DefectKind.UNREADABLE}: {why}")


def no_data_rows(path: Path) -> DataDefect:
    """Name a file without a single data row."""
    return DataDefect(f"{path}: {DefectKind.EMPTY_FILE}: there are no data rows in it")


def missing_columns(path: Path, wanted: Sequence[str], present: Iterable[str]) -> DataDefect:
    """Name the columns that were not found, those that were, and the flag that maps one to the other."""
    here = ", ".join(repr(name) for name in present)
    return DataDefect(
        f"{path}: {DefectKind.MISSING_COLUMN}: {', '.join(wanted)} was not found; the file has {here}; "
        f"name the right one with --column {wanted[0]}=NAME"
    )


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Map what decompressors and parsers raise inside the block to `DataDefect`, in the parser's own words."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataDefect(f"{path}: there is no such file") from error
    except _BROKEN as error:
        raise unreadable(path, " ".join(str(error).split()) or type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class Container:
    """Hold a file whose inside can be streamed again and again; `head` is the start of the unpacked content."""

    path: Path
    member: str | None
    gzip: bool
    head: bytes = b""

    def stream(self) -> pa.NativeFile:
        """Open the unpacked content from its start."""
        if self.member is None:
            return pa.input_stream(str(self.path), compression="gzip" if self.gzip else None)
        with zipfile.ZipFile(self.path) as archive:  # the member keeps the file open until it is closed itself
            return pa.PythonFile(archive.open(self.member), mode="r")


def open_container(path: Path) -> Container:
    """Look inside `path` without reading it whole.

    Raises DataDefect when there is no such file, it is empty, corrupt, or a zip with anything but one file in it.
    """
    with readable(path):
        with path.open("rb") as raw:
            magic = raw.read(4)
        if not magic:
            raise no_data_rows(path)
        member = _only_member(path) if magic == b"PK\x03\x04" else None
        container = Container(path, member, magic[:2] == b"\x1f\x8b")
        with container.stream() as stream:
            head = bytes(stream.read(_HEAD_BYTES))
    if not head.strip():
        raise no_data_rows(path)
    return replace(container, head=head)


def _only_member(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    inside = [name for name in names if not name.startswith("__MACOSX/")]
    if len(inside) != 1:
        listed = ", ".join(inside[:5]) or "nothing"
        raise unreadable(path, f"a zip must hold one file, this one holds {len(inside)}: {listed}")
    return inside[0]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold the columns of a file.

    `names` are the file's own, or `0`, `1`, .. where `header` is False. `sample` has the first few values of each
    column as text. `types` is empty where the values are text.
    """

    path: Path
    names: tuple[str, ...]
    header: bool
    sample: Mapping[str, tuple[str, ...]]
    types: Types
    rows: int | None
    batches: Batches
    shape: str

    def first(self, name: str) -> str:
        """Return the first value of a column that is not empty, as text."""
        return next((value for value in self.sample[name] if value), "")

    def read(self, types: Types) -> Iterator[pa.RecordBatch]:
        """Yield these columns from the start; text is parsed as the types."""
        return self.batches(types, False)

    def head(self, types: Types) -> pa.RecordBatch:
        """Return the first rows of these columns, some thousands at most.

        Raises DataDefect when there is none.
        """
        batch = next(self.batches(types, True), None)
        if batch is None or not batch.num_rows:
            raise no_data_rows(self.path)
        return batch

    def numbers(self, names: Iterable[str]) -> dict[str, Floats]:
        """Return the first rows of these columns as numbers; errors as of `head`, and when a value is no number."""
        with readable(self.path):
            batch = self.head(dict.fromkeys(names, pa.float64()))
            return {name: numbers_of(batch.column(name)) for name in batch.schema.names}


def numbers_of(column: pa.Array) -> Floats:
    """Return a column as floats, NaN where it is null."""
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def flags_of(values: Any) -> BoolArray:
    """Return a column of truth values without nulls."""
    return np.asarray(values.to_numpy(zero_copy_only=False), np.bool_)
