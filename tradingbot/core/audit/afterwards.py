# file: core/audit/afterwards.py
"""Write down what could not wait for the audit log: a kill, a lane that was switched off."""

from __future__ import annotations

from collections.abc import Callable

from tradingbot.core.audit.command import Command, Outcome

__all__ = ["told_afterwards"]


def told_afterwards(
    command: Callable[[], Command], began: int, outcome: Outcome, sentence: str, patience_s: float
) -> str:
    """Record the command that `command` makes, begun at `began` (UTC ns) and over by now; it never raises.

    Returns why that was not possible, or nothing.
    """
    try:
        # It opens the log and its database, which what is told of did not wait for.
        from tradingbot.core.audit.log import audit_log

        audit_log(patience_s).told(command(), began, outcome, sentence)
    except Exception as error:  # noqa: BLE001 - whatever befalls the audit, what was done stands
        return f"it was not audited: {error}"
    return ""
