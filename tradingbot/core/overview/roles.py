# file: core/overview/roles.py
"""Who is champion: what the registry last said of a candidate."""

from __future__ import annotations

from pathlib import Path

from tradingbot.core.registry.lateststates import LatestStates
from tradingbot.core.registry.states import State

__all__ = ["CHAMPION", "Roles"]

CHAMPION, _CHALLENGER, _CONFIG = "champion", "challenger", "config"


class Roles:
    """Answer for the registry at `path`; one that cannot be read makes nobody champion."""

    def __init__(self, path: Path) -> None:
        self._states = LatestStates(path)

    def of(self, candidate: str) -> str:
        """Return champion for what is promoted, challenger for what the registry knows otherwise, else config."""
        state = self._states.of(candidate)
        if state is None:
            return _CONFIG
        return CHAMPION if state is State.PROMOTED else _CHALLENGER
