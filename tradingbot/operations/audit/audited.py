# file: operations/audit/audited.py
"""Audit a command before it acts (no record, no act) or after (a kill waits for nothing)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed, TradingbotError
from tradingbot.operations.audit.entry import Command, Entry, Outcome

if TYPE_CHECKING:
    from tradingbot.operations.audit.log import AuditLog


def audit_before[T](log: AuditLog, command: Command, act: Callable[[], T], done: str, undone: str) -> T:
    """Write the command down, act, write down what came of it; return what `act` returned.

    `done` and `undone` begin the sentences about it, such as "forex is resumed". A process that dies in between, or is
    interrupted, leaves a command without an answer.

    Raises PolicyRefused when the command could not be written down; nothing was done; RunFailed when it was done and
    that could not be written down.
    """
    try:
        entry = log.begin(command)
    except TradingbotError as error:
        raise PolicyRefused(f"{undone}: it could not be audited: {error}") from error
    try:
        answer = act()
    except Exception as error:
        outcome = Outcome.REFUSED if isinstance(error, BadInput | PolicyRefused) else Outcome.FAILED
        sentence = str(error) if isinstance(error, TradingbotError) else f"{type(error).__name__}: {error}"
        if trouble := _unanswered(log, entry, outcome, sentence):
            error.add_note(trouble)
        raise
    if trouble := _unanswered(log, entry, Outcome.DONE, done):
        raise RunFailed(f"{done}, but {trouble}")
    return answer


def _unanswered(log: AuditLog, entry: Entry, outcome: Outcome, sentence: str) -> str:
    try:
        log.answered(entry, outcome, sentence)
    except TradingbotError as error:
        return f"row {entry.number} of the audit log has no answer: {error}"
    return ""


def audit_after(command: Callable[[], Command], began: int, outcome: Outcome, sentence: str, patience_s: float) -> str:
    """Record the command that `command` makes, begun at `began` (UTC ns) and over by now; it never raises.

    Returns why that was not possible, or nothing.
    """
    try:
        # It opens the log and its database, which what is told of did not wait for.
        from tradingbot.operations.audit.log import audit_log

        audit_log(patience_s).record(command(), began, outcome, sentence)
    except Exception as error:  # noqa: BLE001 - whatever befalls the audit, what was done stands
        return f"it was not audited: {error}"
    return ""
