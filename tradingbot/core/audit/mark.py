# file: core/audit/mark.py
"""The log's last row, written down beside it and sealed: a chain alone does not know that its end is missing."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.appendonly import put_text
from tradingbot.core.audit.entry import GENESIS
from tradingbot.core.errors import LedgerTampered

__all__ = ["MOST", "START", "Mark", "check_mark", "read_mark", "write_mark"]

MOST = 2
"""Rows that are added at once at most, and therefore rows that a crash leaves the mark behind the log's end."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A row's number, 0 before the first, and digest. It is never ahead of the log, and at most MOST rows behind."""

    number: int
    digest: str

    def text(self, secret: bytes) -> str:
        """Return what stands in the file: without the secret nobody can make an earlier row the last one."""
        values = {"number": self.number, "digest": self.digest}
        sealed = json.dumps(["mark", values]).encode()
        return json.dumps(values | {"seal": hmac.new(secret, sealed, hashlib.sha256).hexdigest()}) + "\n"


START = Mark(0, GENESIS)


def read_mark(path: Path, secret: bytes | None = None) -> Mark | None:
    """Return the mark at `path`, None without one; its seal is looked at when the secret is given.

    Raises
    ------
    LedgerTampered
        When it is not, to the byte, what `write_mark` writes.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text)
        mark = Mark(found["number"], found["digest"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise LedgerTampered(f"{path} is not the mark of an audit log any more") from None
    if type(mark.number) is not int or type(mark.digest) is not str:
        raise LedgerTampered(f"{path} is not the mark of an audit log any more")
    if secret is not None and text != mark.text(secret):
        raise LedgerTampered(f"{path} was changed: its seal does not fit what it tells, or the audit key is another")
    return mark


def write_mark(path: Path, mark: Mark, secret: bytes) -> None:
    """Replace what is at `path`; it is on the disk when this returns. OSError when it cannot be."""
    put_text(path, mark.text(secret))


def check_mark(path: Path, beside: Path, mark: Mark, last: int, digest: str) -> None:
    """Raise LedgerTampered unless the row that the mark tells of, whose `digest` this is, is there and near the end."""
    if mark.number > last:
        told = f"{beside.name} tells of {mark.number}"
        raise LedgerTampered(f"{path}: row {last + 1} is missing, it ends with {last} and {told}")
    if digest != mark.digest:
        raise LedgerTampered(f"{path}: row {mark.number} is not the one that {beside.name} tells of")
    if last - mark.number > MOST:
        raise LedgerTampered(
            f"{beside} is an older one: it tells of row {mark.number} and {path.name} ends with {last}, "
            f"a crash leaves it at most {MOST} behind"
        )
