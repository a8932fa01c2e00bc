# file: core/trials/chain.py
"""What was read of a ledger, held against its chain, its counter and its mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tradingbot.core.errors import BadInput, LedgerTampered
from tradingbot.core.trials.anchor import Anchor
from tradingbot.core.trials.rows import GENESIS, Row, digest_of, row_of

__all__ = ["check_counter", "check_mark", "replayed"]


def replayed(path: Path, rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Return the rows of the file at `path` after computing every digest anew.

    Raises
    ------
    LedgerTampered
        At the first row that is missing, was changed, or cannot have been written.
    """
    found: list[Row] = []
    head = GENESIS
    for expected, cells in enumerate(rows, start=1):
        if cells[0] != expected:
            raise LedgerTampered(f"{path}: trial {expected} is missing, the next one was {cells[0]}")
        head = digest_of(head, cells[:-1])
        if cells[-1] != head:
            raise LedgerTampered(f"{path}: trial {expected} is not what was written")
        try:
            found.append(row_of(cells))
        except (BadInput, ValueError, TypeError, KeyError) as error:
            raise LedgerTampered(f"{path}: trial {expected} could not have been written: {error}") from None
    return found


def check_counter(path: Path, written: int, there: int) -> None:
    """Raise LedgerTampered when SQLite numbered more or fewer rows than are there."""
    if written != there:
        raise LedgerTampered(f"{path}: {written} trials were written and {there} are there")


def check_mark(path: Path, mark: Path, anchor: Anchor, last: int, digest: str | None) -> None:
    """Raise LedgerTampered unless the row that the mark tells of, whose `digest` this is, is there and the same."""
    if anchor.number > last:
        raise LedgerTampered(f"{path}: it ends with trial {last}, though {mark.name} tells of {anchor.number}")
    if digest != anchor.digest:
        raise LedgerTampered(f"{path}: trial {anchor.number} is not the one that {mark.name} tells of")
