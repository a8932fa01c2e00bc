# file: core/audit/chain.py
"""What was read of an audit log, held against its chain and against what its rows say of each other."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tradingbot.core.audit.command import Command
from tradingbot.core.audit.entry import GENESIS, Entry, entry_of, hmac_of
from tradingbot.core.errors import LedgerTampered

__all__ = ["replayed"]


def replayed(path: Path, secret: bytes, rows: Iterable[Sequence[Any]]) -> list[Entry]:
    """Return the rows of the file at `path` after computing every digest anew with the secret.

    Raises
    ------
    LedgerTampered
        At the first row that is missing, does not fit, or cannot have been written.
    """
    found: list[Entry] = []
    open_commands: dict[int, Command] = {}
    head = GENESIS
    for expected, cells in enumerate(rows, start=1):
        if cells[0] != expected:
            raise LedgerTampered(f"{path}: row {expected} is missing, the next one was {cells[0]}")
        head = hmac_of(secret, head, cells[:-1])
        if not hmac.compare_digest(head.encode(), str(cells[-1]).encode(errors="replace")):
            raise LedgerTampered(f"{path}: {_unfit(expected)}")
        try:
            found.append(entry_of(cells))
            _pair(found[-1], open_commands)
        except (ValueError, TypeError) as error:
            raise LedgerTampered(f"{path}: row {expected} could not have been written: {error}") from None
    return found


def _unfit(number: int) -> str:
    if number == 1:
        return "row 1 is not what was written, or the audit key is not the one it was written with"
    return f"row {number} is not what was written after row {number - 1}"


def _pair(entry: Entry, open_commands: dict[int, Command]) -> None:
    if entry.outcome is None:
        open_commands[entry.number] = entry.command
    elif open_commands.pop(entry.answers, None) != entry.command:
        raise ValueError(f"it answers row {entry.answers}, which is no such command or has its answer")
