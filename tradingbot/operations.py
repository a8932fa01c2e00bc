# file: operations.py
"""OPERATIONS: every verb an operator has. They work on what lies on the disk, so they work with no node running."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.errors import RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.switches.history import Change, Happened, Past
from tradingbot.core.switches.killed import Killed, Latched
from tradingbot.core.switches.latch import Latch

__all__ = ["LaneStatus", "kill", "resume", "status", "switches"]

_RECENT = 5


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """What is to be known about a lane; `since` is in UTC nanoseconds, `changes` are the last few, oldest first.

    `notes` are sentences about what is odd; `unread` says why the history could not be read and is empty when it could.
    """

    lane: Lane
    killed: bool
    since: int | None
    by: str
    reason: str
    cause: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    unread: str


def kill(lane: Lane, reason: str, by: str) -> Latched:
    """Kill a lane: it enters nothing until it is resumed.

    Raises
    ------
    RunFailed
        When the lane is NOT killed.
    """
    return _latch(lane, "NOT killed").kill(by, reason)


def resume(lane: Lane, operator: str, reason: str) -> Killed:
    """Let a killed lane enter again; return the kill that ended.

    Raises
    ------
    PolicyRefused
        Without an operator's name, a reason or a kill.
    RunFailed
        When the change could not be written.
    """
    return _latch(lane, "not resumed").resume(operator, reason)


def status() -> list[LaneStatus]:
    """Return the state of every lane, in the lanes' order.

    Raises
    ------
    RunFailed
        When there is no such installation.
    """
    return [_status(_latch(lane, "not known")) for lane in Lane]


def switches() -> Path:
    """Return the folder that the latches and their histories lie in; whoever trades reads the same."""
    return home() / "state" / "switches"


def _latch(lane: Lane, outcome: str) -> Latch:
    # A home that was mistyped would take a kill that no node ever reads.
    if not home().is_dir():
        raise RunFailed(f"{lane} is {outcome}: the home {home()} is not a folder; TRADINGBOT_HOME names it")
    return Latch(lane, switches(), time.time_ns)


def _status(latch: Latch) -> LaneStatus:
    killed = latch.read()
    try:
        past, unread = latch.past(), ""
    except RunFailed as error:
        past, unread = Past(), str(error)
    notes = (*past.damaged, *_contradiction(killed, past))
    recent = past.changes[-_RECENT:]
    if killed is None:
        return LaneStatus(latch.lane, False, None, "", "", "", recent, notes, unread)
    return LaneStatus(latch.lane, True, killed.ts, killed.by, killed.reason, killed.cause, recent, notes, unread)


def _contradiction(killed: Killed | None, past: Past) -> list[str]:
    """Tell where latch and history disagree: after a crash between the two, or after somebody's hand."""
    # By time: a kill is latched before it waits for its line, which a resume may then precede.
    last = max(past.changes, key=lambda change: change.ts, default=None)
    dead = last is not None and last.happened is not Happened.RESUMED
    if killed is None and dead:
        return ["the last change on record is a kill, yet there is no latch: it was removed by hand, not resumed"]
    if killed is not None and not dead:
        return ["the latch is there and the last change on record is no kill: a crash came between, or a hand"]
    return []
