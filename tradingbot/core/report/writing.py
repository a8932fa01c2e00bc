# file: core/report/writing.py
"""Put a report on the disk whole or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path

from tradingbot.core.errors import RunFailed

__all__ = ["beside", "write_whole"]


def write_whole(path: Path, text: str) -> Path:
    """Write `text` to `path` as UTF-8, make its folder where there is none, and return `path`.

    Several processes may write the same file: it is what one of them wrote.

    Raises
    ------
    RunFailed
        When it cannot be written; what was there is still there.
    """
    part = beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_text(text, encoding="utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise RunFailed(f"{path} could not be written: {error.strerror or error}") from error
    return path


def beside(path: Path) -> Path:
    """Return a name in the folder of `path` that no other process uses, for what is on its way to it."""
    return path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
