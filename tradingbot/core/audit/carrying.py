# file: core/audit/carrying.py
"""Carry out a command that is on record before it acts; without a record it is not carried out."""

from __future__ import annotations

from collections.abc import Callable

from tradingbot.core.audit.command import Command, Outcome
from tradingbot.core.audit.entry import Entry
from tradingbot.core.audit.log import AuditLog
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed, TradingbotError

__all__ = ["carry_out"]


def carry_out[T](log: AuditLog, command: Command, act: Callable[[], T], done: str, undone: str) -> T:
    """Write the command down, act, write down what came of it; return what `act` returned.

    `done` and `undone` begin the sentences about it, such as "forex is resumed". A process that dies in between, or is
    interrupted, leaves a command without an answer.

    Raises
    ------
    PolicyRefused
        When the command could not be written down; nothing was done.
    RunFailed
        When it was done and that could not be written down.
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
