# file: operations/registry.py
"""Registry of candidates: promote, demote and retire, audited before it is done or not done; and its rows, checked."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from tradingbot import promote as use_case
from tradingbot.core.messages.candidateview import RegistryRow
from tradingbot.core.registry.states import ALLOWED, Change, State
from tradingbot.core.time import to_iso
from tradingbot.operations.audit.audited import audit_before
from tradingbot.operations.audit.entry import Command, Interface
from tradingbot.operations.audit.log import audit_log

_BY_OPERATORS = (State.PROMOTED, State.DEMOTED, State.RETIRED)
"""The states an operator brings a candidate into; the others come from a validation."""


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


def make_champion(change: Change) -> str:
    """Make a promoted model the champion where trainings are tracked; return why it is not, or nothing.

    The promotion stands either way.
    """
    refused = use_case.set_champion_alias(change)
    return f"not the champion in MLflow: {refused}" if refused else ""


def describe(change: Change) -> str:
    """Say in a sentence what changed, by whom, why, and until when the certificate is good."""
    certificate = change.certified()
    until = f"; its certificate is good until {to_iso(certificate.expires_ns)}" if certificate else ""
    why = f": {change.why}" if change.why.strip() else ""
    return f"{change.candidate} is {change.state} by {change.who}{why}{until}"


def registry() -> tuple[RegistryRow, ...]:
    """Return how every candidate stands, in the order in which they were first recorded.

    Raises LedgerTampered when the registry is not what was written; RunFailed when it cannot be read.
    """
    now = time.time_ns()
    return tuple(_row(change, now) for change in use_case.registered())


def history(candidate: str) -> tuple[RegistryRow, ...]:
    """Return every change of a candidate, newest first; errors as above, and PolicyRefused for one nobody knows."""
    now = time.time_ns()
    return tuple(_row(change, now) for change in reversed(use_case.history(candidate)))


def _row(change: Change, now: int) -> RegistryRow:
    certificate = change.certified()
    return RegistryRow(
        candidate=change.candidate,
        state=change.state.value,
        since=change.when_ns,
        who=change.who,
        why=change.why,
        strategy=change.strategy,
        lane=change.lane,
        run=certificate.run if certificate else "",
        certificate_until=certificate.expires_ns if certificate else None,
        certificate_good=certificate is not None and certificate.issued_ns <= now < certificate.expires_ns,
        ways=tuple(state.value for state in _BY_OPERATORS if state in ALLOWED[change.state]),
    )


def _audited(state: State, act: Callable[[str, str, str, int], Change], command: Command) -> Change:
    words = command.target, command.operator, command.reason
    done, undone = f"{command.target} is {state}", f"{command.target} was not {state}"
    return audit_before(audit_log(), command, partial(act, *words, time.time_ns()), done, undone)
