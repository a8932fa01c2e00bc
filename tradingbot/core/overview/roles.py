# file: core/overview/roles.py
"""What a node's candidate is: champion, challenger, or what the registry last said of it."""

from __future__ import annotations

from pathlib import Path

from tradingbot.core.messages.nodeview import NodeView
from tradingbot.core.registry.lateststates import LatestStates
from tradingbot.core.registry.states import State

__all__ = ["CHAMPION", "Roles", "standing_order"]

CHAMPION, _CONFIG = "champion", "config"
_ROLES = {
    None: _CONFIG,
    State.CANDIDATE: "not_passed",
    State.VALIDATED: "challenger",
    State.PROMOTED: CHAMPION,
    State.DEMOTED: "demoted",
    State.RETIRED: "retired",
}
_OUT = frozenset({"not_passed", "demoted", "retired"})
_ENDED = frozenset({"finished", "stopped"})
_AT_WORK = frozenset({"starting", "catching_up", "running"})


class Roles:
    """Answer for the registry at `path`; one that cannot be read makes nobody champion."""

    def __init__(self, path: Path) -> None:
        self._states = LatestStates(path)

    def of(self, candidate: str) -> str:
        """Return champion for what is promoted, challenger for what passed its validation, config for a plain config.

        What the registry knows otherwise is what it is: not_passed, demoted or retired.
        """
        return _ROLES[self._states.of(candidate)]


def standing_order(node: NodeView) -> tuple[bool, bool, bool, bool, str]:
    """Return by what the nodes of a lane are sorted; the first is the lane's headline.

    What has ended stands last, so that no finished replay hides a node that failed; then what may not trade; of the
    others the champion is first, and before its like what is in trouble.
    """
    state, role = node.beat.state, node.role
    return state in _ENDED, role in _OUT, role != CHAMPION, state in _AT_WORK, node.name
