# file: core/registry/lateststates.py
"""The last state of every candidate, asked again and again and read anew only when the registry changed."""

from __future__ import annotations

from pathlib import Path

from tradingbot.core.appendonly import stamp
from tradingbot.core.errors import TradingbotError
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry

__all__ = ["LatestStates"]


class LatestStates:
    """Answer for the registry at `path`. One that cannot be read, or is not what was written, knows nobody."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[tuple[int, int, int, int], ...] | None = None
        self._states: dict[str, State] = {}

    def of(self, candidate: str) -> State | None:
        """Return the candidate's last state, None for one the registry does not know."""
        seen = tuple(stamp(self._path.with_name(self._path.name + end)) for end in ("", "-wal"))
        if seen != self._seen:
            self._states, self._seen = self._read(), seen
        return self._states.get(candidate)

    def _read(self) -> dict[str, State]:
        try:
            return {change.candidate: change.state for change in Registry(self._path).current()}
        except TradingbotError:
            return {}
