# file: core/registry/chain.py
"""Tie each row of the registry to the ones before it, so that a changed one breaks all that follow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

from tradingbot.core.errors import BadInput, LedgerTampered, PolicyRefused
from tradingbot.core.registry.change import Change, check_follows

__all__ = ["GENESIS", "digest_of", "replay"]

GENESIS = "0" * 64
"""The digest before the first row."""

type Cells = Sequence[Any]
"""A row as it lies in the file: number, the fields of the change, digest."""


def digest_of(before: str, number: int, change: Change) -> str:
    """Return the sha256 of the digest before and of the row, hex."""
    return _digest(before, [number, *astuple(change)])


def replay(rows: Iterable[Cells], where: object) -> tuple[list[Change], str]:
    """Return the changes in their order and the last digest.

    Raises
    ------
    LedgerTampered
        Naming the first row whose number or digest is not what was written, or that no rule could have let in.
    """
    changes: list[Change] = []
    head, last = GENESIS, dict[str, Change]()
    for expected, cells in enumerate(rows, 1):
        number, *values, digest = cells
        if number != expected:
            raise LedgerTampered(f"{where}: row {expected} is missing, the next one was {number}")
        head = _digest(head, [number, *values])
        if digest != head:
            raise LedgerTampered(f"{where}: row {number} was changed, its digest was {digest!s:.16}, not {head:.16}")
        change = _change(values, last, f"{where}: row {number}")
        last[change.candidate] = change
        changes.append(change)
    return changes, head


def _digest(before: str, cells: Cells) -> str:
    text = json.dumps([before, *cells], separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def _change(values: list[Any], last: dict[str, Change], where: str) -> Change:
    try:
        change = Change(*values)
        check_follows(last.get(change.candidate), change)
    except (BadInput, PolicyRefused) as error:
        raise LedgerTampered(f"{where} could not have been written: {error}") from None
    return change
