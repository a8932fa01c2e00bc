# file: core/storage/filelock.py
"""File locks: take one with a time limit, and tell which process holds one."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PAUSE_S = 0.002


@contextmanager
def file_lock(path: Path, patience: float) -> Iterator[str]:
    """Hold the lock at `path`, waiting at most `patience` seconds; give why it is not held, nothing when it is.

    The caller decides whether to go on without it. A process that dies lets go of it.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        yield f"the lock {path} could not be opened: {error.strerror}"
        return
    try:
        yield _why_not(handle, path, patience)
    finally:
        os.close(handle)


def _why_not(handle: int, path: Path, patience: float) -> str:
    deadline = time.monotonic() + patience
    try:
        while not take(handle):
            if time.monotonic() >= deadline:
                return f"another process has held the lock {path} for over {patience:g} s"
            time.sleep(_PAUSE_S)
    except OSError as error:
        return f"the lock {path} could not be taken: {error.strerror}"
    return ""


_LONGEST = 32


@dataclass(frozen=True, slots=True)
class LockHolder:
    """A process and when it took the lock (UTC ns, by the file): a node that began again is another holder."""

    pid: int
    since: int


def lock_holder(path: Path) -> LockHolder | None:
    """Return who holds the lock file at `path`, as `core/runtime/processlock.py` keeps it; None when nobody does.

    A file that cannot be looked at is held by nobody. A free lock is shared for the microseconds of the look.
    """
    try:
        with path.open("rb") as file:
            if not held(file.fileno()):
                return None
            since = os.fstat(file.fileno()).st_mtime_ns
            return LockHolder(int(file.read(_LONGEST)), since)
    except (OSError, ValueError):
        return None


def take(handle: int, wait: bool = False) -> bool:
    """Take the exclusive lock of an open file; return False where another process holds it and `wait` is off."""
    return _flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def held(handle: int) -> bool:
    """Return whether a process holds the exclusive lock of an open file; a free one is shared from here on."""
    return not _flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)


def _flock(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        return False
    return True
