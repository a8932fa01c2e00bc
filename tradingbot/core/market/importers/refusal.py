# file: core/market/importers/refusal.py
"""Turn what a reader trips over into one sentence a person can act on."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.defects import DefectKind

__all__ = ["empty", "missing", "readable", "unreadable"]

_BROKEN = (OSError, EOFError, RuntimeError, UnicodeDecodeError, zipfile.BadZipFile, zlib.error, pa.ArrowException)


def unreadable(path: Path, why: str) -> DataDefect:
    """Name a file whose bytes make no sense."""
    return DataDefect(f"{path}: {DefectKind.UNREADABLE}: {why}")


def empty(path: Path) -> DataDefect:
    """Name a file without a single data row."""
    return DataDefect(f"{path}: {DefectKind.EMPTY_FILE}: there are no data rows in it")


def missing(path: Path, wanted: Sequence[str], present: Iterable[str]) -> DataDefect:
    """Name the columns that were not found, those that were, and the flag that maps one to the other."""
    here = ", ".join(repr(name) for name in present)
    return DataDefect(
        f"{path}: {DefectKind.MISSING_COLUMN}: {', '.join(wanted)} was not found; the file has {here}; "
        f"name the right one with --column {wanted[0]}=NAME"
    )


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Map what decompressors and parsers raise inside the block to `DataDefect`.

    Raises
    ------
    DataDefect
        With the parser's own words, so that the line is named where the parser knows it.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise DataDefect(f"{path}: there is no such file") from error
    except _BROKEN as error:
        raise unreadable(path, " ".join(str(error).split()) or type(error).__name__) from error
