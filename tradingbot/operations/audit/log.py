# file: operations/audit/log.py
"""Audit log on disk: each command of an operator and its outcome, hash-chained with a key."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tradingbot.core.config.home import existing_home
from tradingbot.core.errors import LedgerTampered
from tradingbot.core.storage.hashchain import Cells, ChainLayout, HashChain
from tradingbot.operations.audit.entry import Command, Entry, Outcome, entry_of, values_of

LAYOUT = ChainLayout(
    table="entries",
    columns=(
        ("when_ns", "INTEGER"), ("operator", "TEXT"), ("verb", "TEXT"), ("target", "TEXT"), ("reason", "TEXT"),
        ("face", "TEXT"), ("answers", "INTEGER"), ("outcome", "TEXT"), ("sentence", "TEXT"),
    ),
    digest="hmac",
    title="the audit log",
    row="row",
    entry="a row of the audit log",
)  # fmt: skip

_PATIENCE_S = 5.0


class AuditLog:
    """The hash-chained table of commands at `path`; beside it its head, sealed with the secret in the file `key`.

    A command is a row before it is acted on (`begin`); what came of it is a row that names the first (`answered`). One
    without an answer is a command that a crash cut off, or one under way.

    What nobody can find is a file, a head and a key that are all replaced by older ones of the same time: keep the last
    digest elsewhere to rule that out.

    Every method raises LedgerTampered when the log, its head or its key is not what was written; PolicyRefused when
    others may read or write the key; RunFailed when a file cannot be opened or written.
    """

    def __init__(self, path: Path, key: Path, now: Callable[[], int], patience_s: float = _PATIENCE_S) -> None:
        self.path = path
        self.head = path.with_suffix(".head")
        self.key = key
        self._chain = HashChain(path, LAYOUT, key=key, patience_s=patience_s)
        self._now = now

    def begin(self, command: Command) -> Entry:
        """Write the command down and return its row, which is on the disk; only then may it be acted on."""
        with self._chain.appending() as table:
            return entry_of(table.add(values_of(self._now(), command, None)))

    def answered(self, entry: Entry, outcome: Outcome, sentence: str) -> Entry:
        """Write down what came of the command that `begin` returned, and return that row; it is on the disk.

        Raises LedgerTampered when the log has no such command without an answer.
        """
        with self._chain.appending() as table:
            rows = table.find("number = ? OR (number > ? AND answers = ?)", [entry.number] * 3)
            if [cells[-1] for cells in rows] != [entry.hmac]:
                raise LedgerTampered(
                    f"{self.path}: row {entry.number} is not the command that was written, or answered"
                )
            return entry_of(table.add(values_of(self._now(), entry.command, (entry.number, outcome, sentence))))

    def record(self, command: Command, began: int, outcome: Outcome, sentence: str) -> Entry:
        """Write down in one go a command that was acted on first, at `began` (UTC ns), and what came of it."""
        with self._chain.appending() as table:
            number = table.add(values_of(began, command, None))[0]
            return entry_of(table.add(values_of(self._now(), command, (number, outcome, sentence))))

    def rows(self) -> list[Entry]:
        """Return every row, oldest first."""
        return self._chain.read(_entries())


def audit_log(patience_s: float = _PATIENCE_S) -> AuditLog:
    """Return the audit log of the home; a log that another process has locked is waited for `patience_s` seconds.

    Raises RunFailed when there is no such installation.
    """
    state = existing_home() / "state"
    return AuditLog(state / "audit.db", state / "keys" / "audit.key", time.time_ns, patience_s)


def _entries() -> Callable[[Cells], Entry]:
    """Return what makes an entry of each row in turn, and refuses an answer to no open command."""
    open_commands: dict[int, Command] = {}

    def parse(cells: Cells) -> Entry:
        entry = entry_of(cells)
        if entry.outcome is None:
            open_commands[entry.number] = entry.command
        elif open_commands.pop(entry.answers, None) != entry.command:
            raise ValueError(f"it answers row {entry.answers}, which is no such command or has its answer")
        return entry

    return parse
