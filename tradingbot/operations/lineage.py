# file: operations/lineage.py
"""Histories of candidates and the trials spent on them; both verified before they are shown."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tradingbot import promote
from tradingbot.core.errors import BadInput, TradingbotError
from tradingbot.core.experiments.trials.trial import Row
from tradingbot.core.messages.candidateview import RegistryRow, SpentRow, TrialRow, TrialTotals
from tradingbot.core.registry.states import ALLOWED, Change, State
from tradingbot.core.storage.atomicfile import file_stamp
from tradingbot.operations import trials as spent

_ASKED = (State.PROMOTED, State.DEMOTED, State.RETIRED)
"""The states an operator brings a candidate into; the others come from a validation."""


def registry() -> tuple[RegistryRow, ...]:
    """Return how every candidate stands, in the order in which they were first recorded.

    Raises LedgerTampered when the registry is not what was written; RunFailed when it cannot be read.
    """
    now = time.time_ns()
    return tuple(_row(change, now) for change in promote.registered())


def history(candidate: str) -> tuple[RegistryRow, ...]:
    """Return every change of a candidate, newest first; errors as above, and PolicyRefused for one nobody knows."""
    now = time.time_ns()
    return tuple(_row(change, now) for change in reversed(promote.history(candidate)))


def trials(last: int = 200) -> tuple[TrialRow, ...]:
    """Return the last trials, newest first.

    Raises BadInput when `last` is below 1; LedgerTampered when the ledger is not what was written; `totals` says so
    without raising; RunFailed when it cannot be read.
    """
    if last < 1:
        raise BadInput(f"last was {last}, allowed is 1 or more")
    return _ledger().newest[:last]


def totals() -> TrialTotals:
    """Return what was spent in all and whether the ledger's chain holds; it never raises for the ledger's sake."""
    try:
        return _ledger().totals
    except TradingbotError as error:
        return TrialTotals(0, 0, "", False, str(error), ())


@dataclass(frozen=True, slots=True)
class _Told:
    newest: tuple[TrialRow, ...]
    totals: TrialTotals


def _ledger() -> _Told:
    ledger = spent.trial_ledger()
    return _told(ledger.path, file_stamp(ledger.path), file_stamp(ledger.head))


@lru_cache(maxsize=1)
def _told(_path: Path, *_stamps: tuple[int, int, int, int]) -> _Told:
    """Read and check the whole chain, which takes seconds once there are many trials: again when the files changed."""
    rows = spent.trial_ledger().rows()
    found = spent.summed(rows)
    everyone = tuple(map(_spent, found.spent))
    totals = TrialTotals(found.recorded, found.distinct, found.head, True, "", everyone)
    return _Told(tuple(map(_trial, reversed(rows))), totals)


def _spent(item: spent.Spent) -> SpentRow:
    return SpentRow(
        who=item.who,
        strategy=item.strategy,
        assets=item.assets,
        start=item.start,
        end=item.end,
        recorded=item.recorded,
        distinct=item.distinct,
        purposes=tuple(item.purposes.items()),
        first=item.first,
        last=item.last,
    )


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
        ways=tuple(state.value for state in _ASKED if state in ALLOWED[change.state]),
    )


def _trial(row: Row) -> TrialRow:
    trial = row.trial
    return TrialRow(
        number=row.number,
        recorded=row.recorded_ns,
        who=trial.who,
        purpose=trial.purpose,
        label=trial.label,
        strategy=trial.strategy,
        lane=trial.lane,
        assets=trial.assets,
        bar=trial.bar,
        start=trial.start,
        end=trial.end,
        trades=trial.trades,
        parent=trial.parent,
    )
