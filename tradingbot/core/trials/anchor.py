# file: core/trials/anchor.py
"""The ledger's last row, written down beside it: a chain alone does not know that its end is missing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.appendonly import put_text
from tradingbot.core.errors import LedgerTampered

__all__ = ["Anchor", "read_anchor", "write_anchor"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A row's number, 0 before the first, and digest. A crash leaves it behind the ledger's end, nothing beyond it."""

    number: int
    digest: str


def read_anchor(path: Path) -> Anchor | None:
    """Return what is written at `path`; None when nothing is.

    Raises
    ------
    LedgerTampered
        When it is not what `write_anchor` writes.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        anchor = Anchor(found["number"], found["digest"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        raise LedgerTampered(f"{path} is not the mark of a trial ledger any more") from None
    if type(anchor.number) is not int or type(anchor.digest) is not str:
        raise LedgerTampered(f"{path} is not the mark of a trial ledger any more")
    return anchor


def write_anchor(path: Path, anchor: Anchor) -> None:
    """Replace what is at `path`; it is on the disk when this returns."""
    put_text(path, json.dumps({"number": anchor.number, "digest": anchor.digest}))
