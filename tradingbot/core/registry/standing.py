# file: core/registry/standing.py
"""Whether a candidate is promoted, asked before every entry."""

from __future__ import annotations

from pathlib import Path

from tradingbot.core.registry.lateststates import LatestStates
from tradingbot.core.registry.states import State

__all__ = ["Standing"]


class Standing:
    """Answer for one candidate. A registry that cannot be read, or is not what was written, promotes nobody."""

    def __init__(self, path: Path, candidate: str) -> None:
        self._states = LatestStates(path)
        self._candidate = candidate

    def promoted(self) -> bool:
        """Return whether the candidate's last change is its promotion."""
        return self._states.of(self._candidate) is State.PROMOTED
