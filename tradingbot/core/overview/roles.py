# file: core/overview/roles.py
"""Who is champion: what the registry last said of a candidate, read anew only when it changed."""

from __future__ import annotations

from pathlib import Path

from tradingbot.core.errors import TradingbotError
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry

__all__ = ["CHAMPION", "Roles"]

CHAMPION, _CHALLENGER, _CONFIG = "champion", "challenger", "config"


class Roles:
    """Answer for the registry at `path`; one that cannot be read makes nobody champion."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[tuple[int, int], ...] | None = None
        self._states: dict[str, State] = {}

    def of(self, candidate: str) -> str:
        """Return champion for what is promoted, challenger for what the registry knows otherwise, else config."""
        seen = tuple(_stamp(self._path.with_name(self._path.name + end)) for end in ("", "-wal"))
        if seen != self._seen:
            self._states, self._seen = self._read(), seen
        state = self._states.get(candidate)
        if state is None:
            return _CONFIG
        return CHAMPION if state is State.PROMOTED else _CHALLENGER

    def _read(self) -> dict[str, State]:
        try:
            return {change.candidate: change.state for change in Registry(self._path).current()}
        except TradingbotError:
            return {}


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
