# file: core/storage/privatefile.py
"""Private files: keys that are made once, whole, and readable by their owner alone."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from pathlib import Path

from tradingbot.core.errors import LedgerTampered, PolicyRefused, RunFailed
from tradingbot.core.storage.atomicfile import sync_folder

_OTHERS = 0o077
_HMAC_BYTES = 32
_HMAC_TEXT = re.compile(rb"[0-9a-f]{64}\n")


def create_private(path: Path, data: bytes) -> None:
    """Put `data` at `path`, where nothing may be, and bring it to the disk.

    Raises FileExistsError where something is there, OSError when it cannot be put.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        # A link appears whole and never takes the place of what another process made meanwhile.
        os.link(part, path)
    finally:
        part.unlink()
    sync_folder(path.parent)


def read_private(path: Path, title: str, limit: int) -> bytes | None:
    """Return the first `limit` bytes at `path`, None where it is no plain file; `title` is what errors call it.

    Raises PolicyRefused when others may read or write it, OSError when it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            return None
        if mode & _OTHERS:
            was = f"mode {stat.S_IMODE(mode):04o}"
            raise PolicyRefused(f"{title} {path} was open to others ({was}), allowed is 0600")
        return os.read(handle, limit)
    finally:
        os.close(handle)


def new_hmac_key() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(_HMAC_BYTES)


def read_hmac_key(path: Path, title: str) -> bytes | None:
    """Return the key at `path`; None without a file.

    Raises PolicyRefused when others may read or write it; LedgerTampered when it is not what `store_hmac_key` writes;
    RunFailed when it cannot be read.
    """
    try:
        # A byte more than a key has, so that something put behind it is seen.
        text = read_private(path, title, 2 * _HMAC_BYTES + 2)
    except FileNotFoundError:
        return None
    except IsADirectoryError:
        text = None
    except OSError as error:
        raise RunFailed(f"{title} {path} could not be read: {error.strerror}") from error
    if text is None or not _HMAC_TEXT.fullmatch(text):
        raise LedgerTampered(f"{title} {path} is not what was written: 64 lowercase hex digits and a line's end")
    return bytes.fromhex(text.decode())


def store_hmac_key(path: Path, key: bytes) -> None:
    """Put the key at `path`, where none may be; errors as in `create_private`."""
    create_private(path, key.hex().encode() + b"\n")
