# file: core/market/importers/sheet.py
"""A data file as named columns: unpacked from gzip or zip, and refused in one sentence where unreadable."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import pyarrow as pa

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.checks.defects import DefectKind

_BROKEN = (OSError, EOFError, RuntimeError, UnicodeDecodeError, zipfile.BadZipFile, zlib.error, pa.ArrowException)


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
    """Map what decompressors and parsers raise inside the block to `DataDefect`.

    Raises DataDefect: With the parser's own words, so that the line is named where the parser knows it.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise DataDefect(f"{path}: there is no such file") from error
    except _BROKEN as error:
        raise unreadable(path, " ".join(str(error).split()) or type(error).__name__) from error


_HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Container:
    """Hold a file whose inside can be streamed again and again; `head` is the start of the unpacked content."""

    path: Path
    member: str | None
    gzip: bool
    head: bytes

    def stream(self) -> pa.NativeFile:
        """Open the unpacked content from its start."""
        return _stream(self.path, self.member, self.gzip)


def open_container(path: Path) -> Container:
    """Look inside `path` without reading it whole.

    Raises DataDefect when there is no such file, it is empty, corrupt, or a zip with anything but one file in it.
    """
    with readable(path):
        with path.open("rb") as raw:
            magic = raw.read(4)
        if not magic:
            raise no_data_rows(path)
        gzip = magic[:2] == b"\x1f\x8b"
        member = _only_member(path) if magic == b"PK\x03\x04" else None
        with _stream(path, member, gzip) as stream:
            head = bytes(stream.read(_HEAD_BYTES))
    if not head.strip():
        raise no_data_rows(path)
    return Container(path, member, gzip, head)


def _only_member(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    inside = [name for name in names if not name.startswith("__MACOSX/")]
    if len(inside) != 1:
        listed = ", ".join(inside[:5]) or "nothing"
        raise unreadable(path, f"a zip must hold one file, this one holds {len(inside)}: {listed}")
    return inside[0]


def _stream(path: Path, member: str | None, gzip: bool) -> pa.NativeFile:
    if member is None:
        return pa.input_stream(str(path), compression="gzip" if gzip else None)
    return pa.PythonFile(_Member(path, member), mode="r")


class _Member(io.RawIOBase):
    """One file of a zip, which closes the archive with itself."""

    def __init__(self, path: Path, name: str) -> None:
        self._archive = zipfile.ZipFile(path)
        self._inside: IO[bytes] = self._archive.open(name)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._inside.read(-1 if size is None else size)

    def close(self) -> None:
        self._inside.close()
        self._archive.close()
        super().close()


class Read(Protocol):
    """Stream columns as record batches, from the start."""

    def __call__(self, names: Sequence[str], types: Mapping[str, pa.DataType], /) -> Iterator[pa.RecordBatch]:
        """Return batches of the columns `names`; text columns are parsed as `types`."""
        ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold the columns of a file.

    `names` are the file's own, or `0`, `1`, .. where `header` is False. `sample` has the first few values of each
    column as text. `types` is empty where the values are text. `peek` reads like `read` but only a small first batch.
    """

    path: Path
    names: tuple[str, ...]
    header: bool
    sample: Mapping[str, tuple[str, ...]]
    types: Mapping[str, pa.DataType]
    rows: int | None
    read: Read
    peek: Read
    shape: str

    def first(self, name: str) -> str:
        """Return the first value of a column that is not empty, as text."""
        return next((value for value in self.sample[name] if value), "")
