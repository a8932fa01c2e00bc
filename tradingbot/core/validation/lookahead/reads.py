# file: core/validation/lookahead/reads.py
"""Which files a run looked into that the lab did not hand it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["foreign_reads"]

_EVENTS = frozenset({"open", "os.listdir", "os.scandir", "sqlite3.connect"})
_SYSTEM = ("/dev", "/etc", "/lib", "/lib64", "/proc", "/sys", "/usr")
_ACTIVE: list[list[str]] = []
_INSTALLED: list[bool] = []


@contextmanager
def foreign_reads(allowed: Iterable[Path]) -> Iterator[list[str]]:
    """Note which files and folders are opened while the block runs that lie neither below `allowed` nor in the system.

    A file that the program opened by name is seen, whatever library then reads it; one that a library written in
    another language opens by itself is not.
    """
    heard: list[str] = []
    found: list[str] = []
    _listen()
    _ACTIVE.append(heard)
    try:
        yield found
    finally:
        _ACTIVE.remove(heard)
        roots = [*(str(path.resolve()) for path in allowed), sys.prefix, sys.base_prefix, *_SYSTEM]
        found += sorted({path for path in heard if not _below(path, roots)})


def _listen() -> None:
    if not _INSTALLED:
        _INSTALLED.append(True)
        sys.addaudithook(_hear)


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if not _ACTIVE or event not in _EVENTS or not args or not isinstance(args[0], str | Path):
        return
    for heard in _ACTIVE:
        heard.append(str(args[0]))


def _below(path: str, roots: list[str]) -> bool:
    whole = str(Path(path).resolve())
    if whole.endswith((".py", ".pyc", ".so")) or "__pycache__" in whole:
        return True
    # The importer lists the folders it looks for modules in; that tells a strategy nothing.
    if whole in {str(Path(place).resolve()) for place in [tempfile.gettempdir(), *sys.path, *sys.path_importer_cache]}:
        return True
    return any(whole == root or whole.startswith(root.rstrip("/") + "/") for root in roots) or not Path(whole).exists()
