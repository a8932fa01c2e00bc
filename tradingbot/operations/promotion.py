# file: operations/promotion.py
"""Promote, demote and retire a candidate, audited."""

from __future__ import annotations

import time

from tradingbot import promote as door
from tradingbot.core.registry.states import Change
from tradingbot.core.time import to_iso
from tradingbot.operations.audit.entry import Interface


def promote(candidate: str, operator: str, why: str, face: Interface = Interface.CLI) -> str:
    """Promote a validated candidate, and say until when its certificate is good.

    Whether its model became the champion where trainings are tracked is told and changes nothing.

    Raises PolicyRefused naming what is not as it was validated; LedgerTampered where it is the registry or the trial
    ledger; RunFailed when the registry cannot be written.
    """
    change = door.promote(candidate, operator, why, time.time_ns(), face=face)
    untold = door.set_champion_alias(change)
    return _told(change) + (f", but not the champion in MLflow: {untold}" if untold else "")


def demote(candidate: str, operator: str, why: str, face: Interface = Interface.CLI) -> str:
    """Take a promotion back; errors as in `promote`, and without a reason."""
    return _told(door.demote(candidate, operator, why, time.time_ns(), face))


def retire(candidate: str, operator: str, why: str, face: Interface = Interface.CLI) -> str:
    """Give a candidate up for good; errors as in `promote`, and without a reason."""
    return _told(door.retire(candidate, operator, why, time.time_ns(), face))


def _told(change: Change) -> str:
    certificate = change.certified()
    until = f"; its certificate is good until {to_iso(certificate.expires_ns)}" if certificate else ""
    why = f": {change.why}" if change.why.strip() else ""
    return f"{change.candidate} is {change.state} by {change.who}{why}{until}"
