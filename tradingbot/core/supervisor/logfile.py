# file: core/supervisor/logfile.py
"""The file that takes what a process writes: its size has a limit, and its end can be quoted."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

__all__ = ["LogFile"]

_LIMIT = 8 << 20
_TAIL = 8_192


class LogFile:
    """`path`, and one older file `<stem>.1.log` beside it; each has at most about `limit` bytes."""

    def __init__(self, path: Path, limit: int = _LIMIT) -> None:
        self.path = path
        self._limit = limit
        self._older = path.with_suffix(".1.log")
        self._from = 0

    def begin(self) -> None:
        """Get ready for a new process: what `last` quotes is written after this. OSError when that is impossible."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        self._cut()
        self._from = self.path.stat().st_size

    def tend(self) -> None:
        """Keep to the limit while a process writes, as far as the disk allows."""
        with suppress(OSError):
            self._cut()

    def last(self, count: int) -> tuple[str, ...]:
        """Return the last lines that are not blank, at most `count`, of what was written since `begin`."""
        try:
            with self.path.open("rb") as file:
                end = file.seek(0, 2)
                start = self._from if self._from <= end else 0
                file.seek(max(start, end - _TAIL))
                text = file.read(_TAIL).decode("utf-8", "replace")
        except OSError:
            return ()
        return tuple(line for line in map(str.rstrip, text.splitlines()) if line)[-count:]

    def _cut(self) -> None:
        if self.path.stat().st_size <= self._limit:
            return
        # Copied and emptied, not renamed: whoever writes holds the file open, and appends to whatever is there.
        self._older.unlink(missing_ok=True)
        try:
            shutil.copyfile(self.path, self._older)
        finally:
            with self.path.open("r+b") as file:
                file.truncate(0)
