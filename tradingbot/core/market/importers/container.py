# file: core/market/importers/container.py
"""The wrapping around a data file: plain, gzip, or a zip with one member, told by content."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa

from tradingbot.core.market.importers.refusal import empty, readable, unreadable

__all__ = ["Container", "open_container"]

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

    Raises
    ------
    DataDefect
        When there is no such file, it is empty, corrupt, or a zip with anything but one file in it.
    """
    with readable(path):
        with path.open("rb") as raw:
            magic = raw.read(4)
        if not magic:
            raise empty(path)
        gzip = magic[:2] == b"\x1f\x8b"
        member = _only_member(path) if magic == b"PK\x03\x04" else None
        with _stream(path, member, gzip) as stream:
            head = bytes(stream.read(_HEAD_BYTES))
    if not head.strip():
        raise empty(path)
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
