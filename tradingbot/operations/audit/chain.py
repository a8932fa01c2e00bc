# file: operations/audit/chain.py
"""Hash chain of the audit log and its sealed head: what was read, verified."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradingbot.core.errors import LedgerTampered, PolicyRefused, RunFailed
from tradingbot.core.storage.appendonly import replace_text, sync_folder
from tradingbot.operations.audit.entry import GENESIS, Command, Entry, entry_of, hmac_of


def verified_entries(path: Path, secret: bytes, rows: Iterable[Sequence[Any]]) -> list[Entry]:
    """Return the rows of the file at `path` after computing every digest anew with the secret.

    Raises LedgerTampered: At the first row that is missing, does not fit, or cannot have been written.
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


MAX_LAG = 2
"""Rows that are added at once at most, and therefore rows that a crash leaves the mark behind the log's end."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """A row's number, 0 before the first, and digest. It is never ahead of the log, and at most MOST rows behind."""

    number: int
    digest: str

    def text(self, secret: bytes) -> str:
        """Return what stands in the file: without the secret nobody can make an earlier row the last one."""
        values = {"number": self.number, "digest": self.digest}
        sealed = json.dumps(["mark", values]).encode()
        return json.dumps(values | {"seal": hmac.new(secret, sealed, hashlib.sha256).hexdigest()}) + "\n"


EMPTY_HEAD = ChainHead(0, GENESIS)


def read_head(path: Path, secret: bytes | None = None) -> ChainHead | None:
    """Return the mark at `path`, None without one; its seal is looked at when the secret is given.

    Raises LedgerTampered when it is not, to the byte, what `write_mark` writes.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text)
        mark = ChainHead(found["number"], found["digest"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise LedgerTampered(f"{path} is not the mark of an audit log any more") from None
    if type(mark.number) is not int or type(mark.digest) is not str:
        raise LedgerTampered(f"{path} is not the mark of an audit log any more")
    if secret is not None and text != mark.text(secret):
        raise LedgerTampered(f"{path} was changed: its seal does not fit what it tells, or the audit key is another")
    return mark


def write_head(path: Path, mark: ChainHead, secret: bytes) -> None:
    """Replace what is at `path`; it is on the disk when this returns. OSError when it cannot be."""
    replace_text(path, mark.text(secret))


def check_head(path: Path, beside: Path, mark: ChainHead, last: int, digest: str) -> None:
    """Raise LedgerTampered unless the row that the mark tells of, whose `digest` this is, is there and near the end."""
    if mark.number > last:
        told = f"{beside.name} tells of {mark.number}"
        raise LedgerTampered(f"{path}: row {last + 1} is missing, it ends with {last} and {told}")
    if digest != mark.digest:
        raise LedgerTampered(f"{path}: row {mark.number} is not the one that {beside.name} tells of")
    if last - mark.number > MAX_LAG:
        raise LedgerTampered(
            f"{beside} is an older one: it tells of row {mark.number} and {path.name} ends with {last}, "
            f"a crash leaves it at most {MAX_LAG} behind"
        )


_OTHERS = 0o077
_BYTES = 32
_TEXT = re.compile(rb"[0-9a-f]{64}\n")


def new_key() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(_BYTES)


def read_key(path: Path) -> bytes | None:
    """Return the secret at `path`; None when there is none.

    Raises PolicyRefused when others may read or write the file; LedgerTampered when it is not what `keep_secret`
    writes; RunFailed when it cannot be read.
    """
    try:
        mode, text = _read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunFailed(f"the audit key {path} could not be read: {error.strerror}") from error
    if not _TEXT.fullmatch(text):
        raise LedgerTampered(f"the audit key {path} is not what was written: 64 lowercase hex digits and a line's end")
    if mode & _OTHERS:
        was = stat.S_IMODE(mode)
        raise PolicyRefused(f"the audit key {path} was open to others (mode {was:04o}), allowed is 0600")
    return bytes.fromhex(text.decode())


def store_key(path: Path, secret: bytes) -> None:
    """Put the secret at `path`, where none may be; it is on the disk when this returns. OSError when it cannot be."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secret.hex().encode() + b"\n")
            file.flush()
            os.fsync(handle)
        # A link appears whole and never takes the place of a key that rows were written with.
        os.link(part, path)
    finally:
        part.unlink()
    sync_folder(path.parent)


def _read(path: Path) -> tuple[int, bytes]:
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(handle).st_mode
        # A byte more than ours has, so that something put behind it is seen.
        return mode, os.read(handle, 2 * _BYTES + 2) if stat.S_ISREG(mode) else b""
    finally:
        os.close(handle)
