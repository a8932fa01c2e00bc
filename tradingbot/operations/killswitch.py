# file: operations/killswitch.py
"""Kill, resume and status of lanes: on the disk alone, so that they work with no node running."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.switches.history import ChangeKind, RecordedChanges, SwitchChange
from tradingbot.core.execution.switches.killed import Killed, Latched
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.lane import Lane
from tradingbot.operations.audit.audited import audit_after
from tradingbot.operations.audit.entry import Command, Interface, Outcome

_RECENT = 5
_KILL_PATIENCE_S = 0.5
"""How long the answer to a kill, which stands by then, waits for an audit log that is locked."""

_RESUME_PATIENCE_S = 5.0
"""How long a resume waits for it before it is refused."""


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
    changes: tuple[SwitchChange, ...]
    notes: tuple[str, ...]
    unread: str


def kill(lane: Lane, reason: str, by: str, face: Interface = Interface.CLI) -> Latched:
    """Kill a lane: it enters nothing until it is resumed.

    The audit log is opened once the latch stands: no lock, full disk or damage of it stops or delays a kill. What could
    not be audited is told in the answer's `trouble`.

    Raises RunFailed when the lane is NOT killed.
    """
    audit = partial(_audited, lane, reason, by, face, time.time_ns())
    try:
        latched = _latch(lane, "NOT killed").kill(by, reason)
    except RunFailed as error:
        if unaudited := audit(Outcome.FAILED, str(error)):
            error.add_note(unaudited)
        raise
    done = f"{lane} was killed before and stays killed" if latched.again else f"{lane} is killed"
    sentence = f"{done}, but {latched.trouble}" if latched.trouble else done
    trouble = latched.trouble, audit(Outcome.DONE, sentence)
    return replace(latched, trouble="; ".join(filter(None, trouble)))


def resume(lane: Lane, operator: str, reason: str, face: Interface = Interface.CLI) -> Killed:
    """Let a killed lane enter again; return the kill that ended.

    Raises PolicyRefused: Without an operator's name, a reason, a kill or an audit log to write it into; RunFailed when
    the change could not be written.
    """
    # They open the log and its database, which a kill must not wait for.
    from tradingbot.operations.audit.audited import audit_before
    from tradingbot.operations.audit.log import audit_log

    latch, command = _latch(lane, "not resumed"), Command(operator, "resume", lane.value, reason, face)
    act = partial(latch.resume, operator, reason)
    return audit_before(audit_log(_RESUME_PATIENCE_S), command, act, f"{lane} is resumed", f"{lane} was not resumed")


def status() -> list[LaneStatus]:
    """Return the state of every lane, in the lanes' order.

    Raises RunFailed when there is no such installation.
    """
    return [_status(_latch(lane, "not known")) for lane in Lane]


def switches() -> Path:
    """Return the folder that the latches and their histories lie in; whoever trades reads the same."""
    return home() / "state" / "switches"


def _latch(lane: Lane, outcome: str) -> FileKillLatch:
    # A home that was mistyped would take a kill that no node ever reads.
    if not home().is_dir():
        raise RunFailed(f"{lane} is {outcome}: the home {home()} is not a folder; TRADINGBOT_HOME names it")
    return FileKillLatch(lane, switches(), time.time_ns)


def _audited(lane: Lane, reason: str, by: str, face: Interface, began: int, outcome: Outcome, sentence: str) -> str:
    """Write down a kill that was tried; return why that was not possible, or nothing."""
    command = partial(Command, by, "kill", lane.value, reason, face)
    return audit_after(command, began, outcome, sentence, _KILL_PATIENCE_S)


def _status(latch: FileKillLatch) -> LaneStatus:
    killed = latch.read()
    try:
        past, unread = latch.past(), ""
    except RunFailed as error:
        past, unread = RecordedChanges(), str(error)
    notes = (*past.damaged, *_contradiction(killed, past))
    recent = past.changes[-_RECENT:]
    if killed is None:
        return LaneStatus(latch.lane, False, None, "", "", "", recent, notes, unread)
    return LaneStatus(latch.lane, True, killed.ts, killed.by, killed.reason, killed.cause, recent, notes, unread)


def _contradiction(killed: Killed | None, past: RecordedChanges) -> list[str]:
    """Tell where latch and history disagree: after a crash between the two, or after somebody's hand."""
    # By time: a kill is latched before it waits for its line, which a resume may then precede.
    last = max(past.changes, key=lambda change: change.ts, default=None)
    dead = last is not None and last.happened is not ChangeKind.RESUMED
    if killed is None and dead:
        return ["the last change on record is a kill, yet there is no latch: it was removed by hand, not resumed"]
    if killed is not None and not dead:
        return ["the latch is there and the last change on record is no kill: a crash came between, or a hand"]
    return []
