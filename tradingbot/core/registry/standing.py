# file: core/registry/standing.py
"""Whether a candidate is promoted, asked before every entry and read anew only when the registry changed."""

from __future__ import annotations

from pathlib import Path

from tradingbot.core.errors import TradingbotError
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry

__all__ = ["Standing"]


class Standing:
    """Answer for one candidate. A registry that cannot be read, or is not what was written, promotes nobody."""

    def __init__(self, path: Path, candidate: str) -> None:
        self._path = path
        self._candidate = candidate
        self._seen: tuple[tuple[int, int, int], ...] | None = None
        self._promoted = False

    def promoted(self) -> bool:
        """Return whether the candidate's last change is its promotion."""
        seen = tuple(_stamp(self._path.with_name(self._path.name + end)) for end in ("", "-wal"))
        if seen != self._seen:
            self._promoted = self._read()
            self._seen = seen
        return self._promoted

    def _read(self) -> bool:
        try:
            changes = Registry(self._path).current()
        except TradingbotError:
            return False
        return any(change.candidate == self._candidate and change.state is State.PROMOTED for change in changes)


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_ino, found.st_size
