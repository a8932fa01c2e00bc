# file: ui/web/desk.py
"""Everything the dashboard can ask for or command: the one seam between pages and operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tradingbot.core.audit.command import Face
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Denied, Entered, SessionView, Visitor
from tradingbot.core.messages.laneview import FeedItem, LaneView
from tradingbot.core.messages.lineageview import RegistryRow, TrialRow, TrialTotals
from tradingbot.core.messages.livediff import LiveDiff
from tradingbot.core.messages.processview import Supervision
from tradingbot.core.messages.validationview import ValidationView
from tradingbot.operations import (
    access,
    differing,
    enabling,
    lineage,
    promoting,
    switching,
    validating,
    watching,
)

__all__ = ["Desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The operations, by what they are for. All of them block, so they are called in threads.

    Commands take who answers for them and return a sentence; what they raise is told to whoever asked.
    """

    overview: Callable[[], tuple[LaneView, ...]]
    feed: Callable[[], tuple[FeedItem, ...]]
    processes: Callable[[], Supervision]
    version: Callable[[], str]
    diff: Callable[[Lane, int], LiveDiff]
    validation: Callable[[str], ValidationView]
    candidates: Callable[[], tuple[str, ...]]
    registry: Callable[[], tuple[RegistryRow, ...]]
    trials: Callable[[], tuple[TrialRow, ...]]
    totals: Callable[[], TrialTotals]

    kill: Callable[[Lane, str, str], str]
    resume: Callable[[Lane, str, str], str]
    enable: Callable[[Lane, str, str], str]
    disable: Callable[[Lane, str, str], str]
    promote: Callable[[str, str, str], str]
    demote: Callable[[str, str, str], str]
    retire: Callable[[str, str, str], str]

    needs_setup: Callable[[], bool]
    setup_secret: Callable[[], str]
    setup_open: Callable[[str], bool]
    setup: Callable[[str, str, str], None]
    login: Callable[[str, str, str, str], Entered | Denied]
    logout: Callable[[str], None]
    who: Callable[[str], Visitor | None]
    bearer: Callable[[str], Visitor | None]
    csrf_ok: Callable[[Visitor, str], bool]
    sessions: Callable[[], tuple[SessionView, ...]]
    revoke: Callable[[str, str], str]

    @classmethod
    def real(cls) -> Desk:
        """Return the desk of this installation."""
        return cls(
            overview=watching.overview,
            feed=watching.feed,
            processes=watching.processes,
            version=watching.version,
            diff=differing.diff,
            validation=validating.validation,
            candidates=validating.candidates,
            registry=lineage.registry,
            trials=lineage.trials,
            totals=lineage.totals,
            kill=_kill,
            resume=_resume,
            enable=partial(_faced, enabling.enable),
            disable=partial(_faced, enabling.disable),
            promote=partial(_faced, promoting.promote),
            demote=partial(_faced, promoting.demote),
            retire=partial(_faced, promoting.retire),
            needs_setup=access.needs_setup,
            setup_secret=access.setup_secret,
            setup_open=access.setup_open,
            setup=access.setup,
            login=access.login,
            logout=access.logout,
            who=access.who,
            bearer=access.bearer,
            csrf_ok=access.csrf_ok,
            sessions=access.sessions,
            revoke=access.revoke,
        )


def _faced(command: Callable[..., str], target: Any, operator: str, reason: str) -> str:
    return command(target, operator, reason, Face.WEB)


def _kill(lane: Lane, operator: str, reason: str) -> str:
    answer = switching.kill(lane, reason, operator, Face.WEB)
    done = f"{lane} was killed before and stays killed" if answer.again else f"{lane} is killed"
    return f"{done}, but {answer.trouble}" if answer.trouble else done


def _resume(lane: Lane, operator: str, reason: str) -> str:
    switching.resume(lane, operator, reason, Face.WEB)
    return f"{lane} is resumed"
