# file: core/market/importers/sheet.py
"""A file as named columns, whatever it is stored in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

__all__ = ["Read", "Sheet"]


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
