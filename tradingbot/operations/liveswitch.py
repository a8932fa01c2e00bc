# file: operations/liveswitch.py
"""Enable and disable live trading of a lane; to disable works on the disk alone."""

from __future__ import annotations

import time
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from tradingbot.core.config.home import home, sandboxed
from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.execution.switches.liveswitch import Enabled, LiveSwitch
from tradingbot.core.lane import Lane
from tradingbot.core.runtime.supervisor.reader import disarmed
from tradingbot.core.storage.filelock import LockHolder, lock_holder
from tradingbot.core.time import to_iso
from tradingbot.operations.audit.audited import audit_after
from tradingbot.operations.audit.entry import Command, Interface, Outcome

if TYPE_CHECKING:
    from tradingbot.core.registry.champions import Champions


_PATIENCE_S = 5.0
"""How long enabling waits for an audit log that is locked before it is refused."""

_DISABLE_PATIENCE_S = 0.5
"""How long the answer to disabling, which is done by then, waits for it."""


def enable(lane: Lane, operator: str, reason: str, face: Interface = Interface.CLI) -> str:
    """Let the live node of a lane trade real money, until it ends or is disabled; return a sentence. Audited first.

    Raises PolicyRefused naming everything that stands against it, or when it could not be audited; RunFailed when the
    switch could not be written, or that it was could not be audited.
    """
    # They open the log and its database, which disabling must not wait for.
    from tradingbot.operations.audit.audited import audit_before
    from tradingbot.operations.audit.log import audit_log

    switch, done = live_switch(lane), f"{lane} is enabled: it trades real money"
    command = Command(operator, "enable", lane.value, reason, face)
    act = partial(_enable, switch, operator, reason)
    audit_before(audit_log(_PATIENCE_S), command, act, done, f"{lane} was not enabled")
    return done


def disable(lane: Lane, operator: str, reason: str, face: Interface = Interface.CLI) -> str:
    """Stop a lane from trading real money, with or without a node; return a sentence.

    The audit log is opened once the switch is gone: no lock, full disk or damage of it stops or delays that.

    Raises PolicyRefused: Without an operator's name; RunFailed when the lane may still trade real money, or does not
    and that is not on record; the sentence says which.
    """
    began = time.time_ns()
    try:
        done, outcome, error = _disabled(lane, operator, reason), Outcome.DONE, None
    except (PolicyRefused, RunFailed) as failed:
        refused = isinstance(failed, PolicyRefused)
        done, outcome, error = str(failed), Outcome.REFUSED if refused else Outcome.FAILED, failed
    command = partial(Command, operator, "disable", lane.value, reason, face)
    unaudited = audit_after(command, began, outcome, done, _DISABLE_PATIENCE_S)
    if error is not None:
        if unaudited:
            error.add_note(unaudited)
        raise error
    if unaudited:
        raise RunFailed(f"{done}, but {unaudited}")
    return done


def live_state(lane: Lane) -> tuple[bool, str]:
    """Return whether a lane trades real money, and a sentence: since when, or why not.

    A lane that the supervisor disarmed stays off until it is enabled after that.
    """
    node, found = lock_holder(live_lock(lane)), live_switch(lane).read()
    against = [*_disarmed(lane, found), *_against(lane, node)]
    if not against and found is not None and found.node == node:
        return True, f"on since {to_iso(found.ts)} by {found.by}: {found.reason}"
    return False, f"off: {'; '.join(against) or 'nobody enabled it for the live node that runs'}"


def live_switch(lane: Lane) -> LiveSwitch:
    """Return the lane's live switch, for who enabled it and what is on record; `live_standing` says what holds."""
    return LiveSwitch(lane, _switches(lane), time.time_ns)


def live_lock(lane: Lane) -> Path:
    """Return the lock that the live node of a lane holds while it runs."""
    return home() / "state" / f"live{lane}.lock"


def _enable(switch: LiveSwitch, operator: str, reason: str) -> None:
    lane = switch.lane
    given = (("an operator's name", operator), ("a reason", reason))
    missing = [f"{what} is needed" for what, text in given if not text.strip()]
    node = lock_holder(live_lock(lane))
    against = [*missing, *_against(lane, node)]
    if against or node is None:
        raise PolicyRefused(f"{lane} stays off: {'; '.join(against)}")
    switch.enable(operator, reason, node)


def _disabled(lane: Lane, operator: str, reason: str) -> str:
    if not operator.strip():
        raise PolicyRefused(f"{lane} was not disabled: an operator's name is needed")
    was = live_switch(lane).disable(operator, reason)
    return f"{lane} is disabled: it trades no real money" if was else f"{lane} was off before and stays off"


def _against(lane: Lane, node: LockHolder | None) -> list[str]:
    """Return every reason why the lane may not trade real money now, through its live node `node`."""
    killed = FileKillLatch(lane, _switches(lane), time.time_ns).read()
    reasons = (
        f"it is killed: {killed.reason}" if killed else "",
        "" if node else f"no live node of the {lane} lane runs",
        _champions(home()).missing(lane, time.time_ns()),
        "nothing in a synthetic home trades real money" if sandboxed() else "",
    )
    return list(filter(None, reasons))


def _disarmed(lane: Lane, found: Enabled | None) -> list[str]:
    try:
        rows = [row for row in disarmed(home()) if row.lane is lane and (found is None or found.ts <= row.wall)]
    except RunFailed as error:
        return [str(error)]
    return [f"it was disarmed at {to_iso(row.wall)}: {row.reason}" for row in rows]


@cache
def _champions(place: Path) -> Champions:
    # It brings the certificates' cryptography, which disabling must not wait for.
    from tradingbot.core.registry.champions import Champions
    from tradingbot.core.registry.signing import key_path

    return Champions(place / "state" / "registry.db", key_path())


def _switches(lane: Lane) -> Path:
    if not home().is_dir():
        raise RunFailed(f"{lane} stays as it is: the home {home()} is not a folder; TRADINGBOT_HOME names it")
    return home() / "state" / "switches"
