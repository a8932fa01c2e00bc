# file: core/experiments/trials/hashchain.py
"""Hash chain of the trial ledger: its head beside the file, and the check of rows, counter and head."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradingbot.core.errors import BadInput, LedgerTampered
from tradingbot.core.experiments.trials.trial import GENESIS, Row, digest_of, row_of
from tradingbot.core.storage.appendonly import replace_text


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """A row's number, 0 before the first, and digest. A crash leaves it behind the ledger's end, nothing beyond it."""

    number: int
    digest: str


def read_head(path: Path) -> LedgerHead | None:
    """Return what is written at `path`; None when nothing is.

    Raises LedgerTampered when it is not what `write_anchor` writes.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        anchor = LedgerHead(found["number"], found["digest"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        raise LedgerTampered(f"{path} is not the mark of a trial ledger any more") from None
    if type(anchor.number) is not int or type(anchor.digest) is not str:
        raise LedgerTampered(f"{path} is not the mark of a trial ledger any more")
    return anchor


def write_head(path: Path, anchor: LedgerHead) -> None:
    """Replace what is at `path`; it is on the disk when this returns."""
    replace_text(path, json.dumps({"number": anchor.number, "digest": anchor.digest}))


def verified_rows(path: Path, rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Return the rows of the file at `path` after computing every digest anew.

    Raises LedgerTampered: At the first row that is missing, was changed, or cannot have been written.
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


def check_head(path: Path, mark: Path, anchor: LedgerHead, last: int, digest: str | None) -> None:
    """Raise LedgerTampered unless the row that the mark tells of, whose `digest` this is, is there and the same."""
    if anchor.number > last:
        raise LedgerTampered(f"{path}: it ends with trial {last}, though {mark.name} tells of {anchor.number}")
    if digest != anchor.digest:
        raise LedgerTampered(f"{path}: trial {anchor.number} is not the one that {mark.name} tells of")
