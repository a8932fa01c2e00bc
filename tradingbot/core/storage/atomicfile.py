# file: core/storage/atomicfile.py
"""Atomic files: small files that are whole or absent and on the disk, whatever happens to the process or the power."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from itertools import count
from pathlib import Path

from tradingbot.core.errors import RunFailed

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
"""What file systems without hard links answer."""


def make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, and bring their names to the disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def create(path: Path, data: bytes) -> bool:
    """Put `data` at `path` unless something is there already; return whether it was put.

    The file appears whole, and only one of several processes can be the one that made it: a link fails where a name is
    taken, whereas a rename would silently take the place of an earlier file. The name is on the disk after
    `sync_folder`. A crash can leave a `.part` file behind, which nothing reads.
    """
    part = _write_part(path, data)
    try:
        return _appear(part, path)
    finally:
        # The file stands or the error is on its way; what is left over harms nobody.
        with suppress(OSError):
            part.unlink()


def append(path: Path, line: bytes) -> None:
    """Add one line to a file and bring it to the disk; a line that a crash cut short is ended first, and kept."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        _write(handle, b"\n" * torn + line + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    if size == 0:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in `folder` to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_part(path: Path, data: bytes) -> Path:
    part, handle = _open_part(path)
    try:
        try:
            _write(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    return part


def _open_part(path: Path) -> tuple[Path, int]:
    for number in count():
        part = path.with_name(f".{path.name}.{os.getpid()}.{number}.part")
        try:
            return part, os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        except FileExistsError:
            continue
    raise AssertionError("unreachable")


def _appear(part: Path, path: Path) -> bool:
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            return False
        part.replace(path)
    return True


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def replace(path: Path, data: bytes) -> None:
    """Put `data` in place of what is at `path`; it is on the disk when this returns. OSError when it cannot be."""
    part = _write_part(path, data)
    try:
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_atomic(path: Path, text: str) -> Path:
    """Write `text` to `path` as UTF-8, make its folder where there is none, and return `path`.

    Several processes may write the same file: it is what one of them wrote.

    Raises RunFailed when it cannot be written; what was there is still there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, text.encode())
    except OSError as error:
        raise RunFailed(f"{path} could not be written: {error.strerror or error}") from error
    return path


def part_path(path: Path) -> Path:
    """Return a name in the folder of `path` that no other process uses, for what is on its way to it."""
    return path.parent / f".{path.name}.{os.urandom(4).hex()}.part"


def file_stamp(path: Path) -> tuple[int, int, int, int]:
    """Return what changes when a file does: its time of change (ns), inode, size and mode; zeros without a file."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0, 0
    return found.st_mtime_ns, found.st_ino, found.st_size, found.st_mode
