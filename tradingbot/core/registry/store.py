# file: core/registry/store.py
"""Registry on disk: hash-chained changes of candidates' states, and the entry of a validation's outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.registry.states import Change, State, check_follows
from tradingbot.core.storage.hashchain import GENESIS, Cells, ChainLayout, HashChain

LAYOUT = ChainLayout(
    table="changes",
    columns=(
        ("candidate", "TEXT"), ("state", "TEXT"), ("who", "TEXT"), ("why", "TEXT"), ("when_ns", "INTEGER"),
        ("certificate", "TEXT"), ("strategy", "TEXT"), ("lane", "TEXT"),
    ),
    digest="digest",
    title="the registry",
    row="row",
    entry="a row of the registry",
)  # fmt: skip


class Registry:
    """The hash-chained table of changes at `path`; every look at it, and every change, checks the whole chain.

    Every method raises LedgerTampered when the registry is not what was written, or has a change that no rule lets in;
    RunFailed when the file cannot be opened or written.
    """

    def __init__(self, path: Path, patience_s: float = 10.0) -> None:
        self.path = path
        self._chain = HashChain(path, LAYOUT, head=False, patience_s=patience_s)

    def record(self, change: Change) -> str:
        """Add the change and return its digest; it is on the disk when this returns.

        Raises PolicyRefused when the candidate's state does not allow it, saying what is allowed; nothing was written.
        """
        with self._chain.appending() as table:
            changes = table.read(_changes())
            check_follows(next((old for old in reversed(changes) if old.candidate == change.candidate), None), change)
            return str(table.add(astuple(change))[-1])

    def current(self) -> list[Change]:
        """Return the last change of each candidate, in the order the candidates were first recorded."""
        return list({change.candidate: change for change in self._chain.read(_changes())}.values())

    def history(self, candidate: str) -> list[Change]:
        """Return every change of a candidate, oldest first; nothing when it is unknown."""
        return [change for change in self._chain.read(_changes()) if change.candidate == candidate]

    def verify(self) -> str:
        """Check everything and return the digest of the last row, 64 zeros without one."""
        parse = _changes()
        rows = self._chain.read(lambda cells: (parse(cells), str(cells[-1])))
        return rows[-1][1] if rows else GENESIS


def _changes() -> Callable[[Cells], Change]:
    # Makes a change of each row in turn, and refuses one that cannot follow those before it.
    last: dict[str, Change] = {}

    def parse(cells: Cells) -> Change:
        change = Change(*cells[1:-1])
        check_follows(last.get(change.candidate), change)
        last[change.candidate] = change
        return change

    return parse


_WITHOUT_PASS = {None: State.CANDIDATE, State.VALIDATED: State.CANDIDATE, State.PROMOTED: State.DEMOTED}


def refuse_retired(registry: Registry, candidate: str) -> State | None:
    """Return the state of a candidate that may still be worked on, None when the registry does not know it.

    Raises PolicyRefused when it is retired.
    """
    history = registry.history(candidate)
    state = history[-1].state if history else None
    if state is State.RETIRED:
        raise PolicyRefused(f"{candidate} is retired, which is final; give the candidate another name")
    return state


def record_outcome(registry: Registry, change: Change) -> State:
    """Record a validation and return the state it leaves: validated when `change` has a certificate.

    Without one an unknown or validated candidate becomes a candidate and a promoted one is demoted; the others stay as
    they are, without a row. The state of `change` is not looked at.

    Raises PolicyRefused when a retired candidate passes.
    """
    history = registry.history(change.candidate)
    was = history[-1].state if history else None
    if not change.certificate:
        to = _WITHOUT_PASS.get(was)
        if to is not None:
            registry.record(replace(change, state=to))
        return to or was or State.CANDIDATE
    if was is None:
        registry.record(replace(change, state=State.CANDIDATE, certificate=""))
    registry.record(replace(change, state=State.VALIDATED))
    return State.VALIDATED
