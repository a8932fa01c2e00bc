# file: core/audit/secret.py
"""Keep the secret that the audit log is chained with: made with the log, readable by its owner alone."""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from tradingbot.core.appendonly import sync_folder
from tradingbot.core.errors import LedgerTampered, PolicyRefused, RunFailed

__all__ = ["keep_secret", "new_secret", "read_secret"]

_OTHERS = 0o077
_BYTES = 32
_TEXT = re.compile(rb"[0-9a-f]{64}\n")


def new_secret() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(_BYTES)


def read_secret(path: Path) -> bytes | None:
    """Return the secret at `path`; None when there is none.

    Raises
    ------
    PolicyRefused
        When others may read or write the file.
    LedgerTampered
        When it is not what `keep_secret` writes.
    RunFailed
        When it cannot be read.
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


def keep_secret(path: Path, secret: bytes) -> None:
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
