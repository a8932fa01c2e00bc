# file: ui/web/operations.py
"""Operations the dashboard may call, and the thread pools they run in: a kill never waits behind a slow page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Denied, Entered, SessionView, Visitor
from tradingbot.core.messages.candidateview import RegistryRow, TrialRow, TrialTotals, ValidationView
from tradingbot.core.messages.laneview import FeedItem, LaneView
from tradingbot.core.messages.livediff import LiveDiff
from tradingbot.core.messages.processview import Supervision
from tradingbot.operations import killswitch as switching
from tradingbot.operations import liveswitch as enabling
from tradingbot.operations import registry as promoting
from tradingbot.operations import trials
from tradingbot.operations import validation as validating
from tradingbot.operations.accounts import access
from tradingbot.operations.audit.entry import Interface
from tradingbot.operations.status import livediff as differing
from tradingbot.operations.status import overview as watching


class ThreadPools:
    """Four pools: to look, to command, to throw a lane's switches, and to log in, which is slow on purpose."""

    def __init__(self) -> None:
        self._looking = ThreadPoolExecutor(8, "web-look")
        self._commanding = ThreadPoolExecutor(4, "web-command")
        self._switching = ThreadPoolExecutor(4, "web-switch")
        self._entering = ThreadPoolExecutor(4, "web-enter")

    async def look[T](self, ask: Callable[..., T], *values: object) -> T:
        """Return what `ask` returns."""
        return await asyncio.get_running_loop().run_in_executor(self._looking, ask, *values)

    async def command[T](self, act: Callable[..., T], *values: object) -> T:
        """Return what came of a command that may take its time."""
        return await asyncio.get_running_loop().run_in_executor(self._commanding, act, *values)

    async def switch[T](self, act: Callable[..., T], *values: object) -> T:
        """Return what came of a lane's switch, or who throws it."""
        return await asyncio.get_running_loop().run_in_executor(self._switching, act, *values)

    async def enter[T](self, act: Callable[..., T], *values: object) -> T:
        """Return what came of a login."""
        return await asyncio.get_running_loop().run_in_executor(self._entering, act, *values)

    def close(self) -> None:
        """Let go of the threads; what is under way goes on to its end."""
        for pool in (self._looking, self._commanding, self._switching, self._entering):
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
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
    def real(cls) -> Operations:
        """Return the desk of this installation."""
        return cls(
            overview=watching.overview,
            feed=watching.feed,
            processes=watching.processes,
            version=watching.version,
            diff=differing.diff,
            validation=validating.validation,
            candidates=validating.candidates,
            registry=promoting.registry,
            trials=trials.trials,
            totals=trials.totals,
            kill=_kill,
            resume=_resume,
            enable=partial(_faced, enabling.enable),
            disable=partial(_faced, enabling.disable),
            promote=partial(_changed, promoting.promote),
            demote=partial(_changed, promoting.demote),
            retire=partial(_changed, promoting.retire),
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
    return command(target, operator, reason, Interface.WEB)


def _changed(command: Callable[..., Any], candidate: str, operator: str, reason: str) -> str:
    return promoting.describe(command(candidate, operator, reason, Interface.WEB))


def _kill(lane: Lane, operator: str, reason: str) -> str:
    answer = switching.kill(lane, reason, operator, Interface.WEB)
    done = f"{lane} was killed before and stays killed" if answer.again else f"{lane} is killed"
    return f"{done}, but {answer.trouble}" if answer.trouble else done


def _resume(lane: Lane, operator: str, reason: str) -> str:
    switching.resume(lane, operator, reason, Interface.WEB)
    return f"{lane} is resumed"
