# file: operations/promotion.py
"""Promotion, demotion and retirement by an operator: audited before they are done, or not done."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from tradingbot import promote as use_case
from tradingbot.core.registry.states import Change, State
from tradingbot.core.time import to_iso
from tradingbot.operations.audit.audited import audit_before
from tradingbot.operations.audit.entry import Command, Interface
from tradingbot.operations.audit.log import audit_log


def promote(candidate: str, operator: str, why: str, face: Interface = Interface.CLI) -> Change:
    """Promote a validated candidate and return the registry's row.

    Raises PolicyRefused naming what is not as it was validated, LedgerTampered where it is the registry or the trial
    ledger; RunFailed when the registry cannot be written.
    """
    return _audited(State.PROMOTED, use_case.promote, Command(operator, "promote", candidate, why, face))


def demote(candidate: str, operator: str, why: str, face: Interface = Interface.CLI) -> Change:
    """Take a promotion back; errors as in `promote`, and without a reason."""
    return _audited(State.DEMOTED, use_case.demote, Command(operator, "demote", candidate, why, face))


def retire(candidate: str, operator: str, why: str, face: Interface = Interface.CLI) -> Change:
    """Give a candidate up for good; errors as in `promote`, and without a reason."""
    return _audited(State.RETIRED, use_case.retire, Command(operator, "retire", candidate, why, face))


def describe(change: Change) -> str:
    """Say in a sentence what changed, by whom, why, and until when the certificate is good.

    A promoted model becomes the champion where trainings are tracked; why it does not is said and changes nothing.
    """
    certificate = change.certified()
    until = f"; its certificate is good until {to_iso(certificate.expires_ns)}" if certificate else ""
    why = f": {change.why}" if change.why.strip() else ""
    refused = use_case.set_champion_alias(change) if change.state is State.PROMOTED else ""
    champion = f", but not the champion in MLflow: {refused}" if refused else ""
    return f"{change.candidate} is {change.state} by {change.who}{why}{until}{champion}"


def _audited(state: State, act: Callable[[str, str, str, int], Change], command: Command) -> Change:
    words = command.target, command.operator, command.reason
    done, undone = f"{command.target} is {state}", f"{command.target} was not {state}"
    return audit_before(audit_log(), command, partial(act, *words, time.time_ns()), done, undone)
