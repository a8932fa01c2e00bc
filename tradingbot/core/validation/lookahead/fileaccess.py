# file: core/validation/lookahead/fileaccess.py
"""File access of a run: which files were read that the analysis did not hand out."""

from __future__ import annotations

import functools
import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_EVENTS = frozenset({"open", "os.listdir", "os.scandir", "sqlite3.connect"})
_SYSTEM = ("/dev/null", "/dev/random", "/dev/tty", "/dev/urandom", "/etc", "/lib", "/lib64", "/proc", "/sys", "/usr")
_CODE = (".py", ".pyc", ".so")
_HEARD: list[list[str]] = []
_INSTALLED: list[bool] = []
ARROW = {
    "pyarrow": ("memory_map", "OSFile"),
    "pyarrow.parquet": ("read_table", "ParquetFile", "ParquetDataset", "read_metadata", "read_schema"),
    "pyarrow.csv": ("read_csv", "open_csv"),
    "pyarrow.json": ("read_json", "open_json"),
    "pyarrow.feather": ("read_table", "read_feather"),
    "pyarrow.dataset": ("dataset",),
}
"""What opens files without Python's knowledge, by module."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a run may read: anything below `folders`, and of `settings` (folders too) only JSON and code."""

    folders: tuple[Path, ...]
    settings: tuple[Path, ...] = ()


@contextmanager
def foreign_reads(allowed: Allowed) -> Iterator[list[str]]:
    """Note which files and folders are opened while the block runs that are neither `allowed` nor the system's.

    A file that the program opened by name is seen, whatever library then reads it, and what pyarrow opens by itself; a
    file that another library written in another language opens by itself is not.
    """
    heard: list[str] = []
    found: list[str] = []
    if not _INSTALLED:
        _INSTALLED.append(True)
        sys.addaudithook(_hear)
    _HEARD.append(heard)
    try:
        with _arrow_heard(heard):
            yield found
    finally:
        _HEARD.remove(heard)
        judge = _Judge(allowed)
        found += sorted(path for path in set(heard) if judge.foreign(path))


class _Judge:
    def __init__(self, allowed: Allowed) -> None:
        self._roots = [*(_real(path) for path in allowed.folders), _real(sys.prefix), _real(sys.base_prefix), *_SYSTEM]
        self._settings = [_real(path) for path in allowed.settings]
        # The importer lists the folders it looks for modules in; that tells a strategy nothing.
        listed = [tempfile.gettempdir(), *sys.path, *sys.path_importer_cache]
        self._listed = {_real(place) for place in listed}

    def foreign(self, path: str) -> bool:
        whole = _real(path)
        if _below(whole, self._roots) or whole.endswith(_CODE) or "__pycache__" in whole or whole in self._listed:
            return False
        if _below(whole, self._settings) and (whole.endswith(".json") or Path(whole).is_dir()):
            return False
        return Path(whole).exists()


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if not _HEARD or event not in _EVENTS or not args or not isinstance(args[0], str | bytes | os.PathLike):
        return
    if event == "open" and _only_written(args):
        return
    for heard in _HEARD:
        heard.append(os.fsdecode(args[0]))


def _only_written(args: tuple[Any, ...]) -> bool:
    flags = args[2] if len(args) > 2 and isinstance(args[2], int) else 0
    return flags & os.O_ACCMODE == os.O_WRONLY


@contextmanager
def _arrow_heard(heard: list[str]) -> Iterator[None]:
    kept = []
    for place, names in ARROW.items():
        module = importlib.import_module(place)
        for name in names:
            original = getattr(module, name)
            kept.append((module, name, original))
            setattr(module, name, _telling(original, heard))
    try:
        yield
    finally:
        for module, name, original in kept:
            setattr(module, name, original)


def _telling(original: Callable[..., Any], heard: list[str]) -> Callable[..., Any]:
    @functools.wraps(original, updated=())
    def telling(*args: Any, **kwargs: Any) -> Any:
        for value in (*args[:1], *kwargs.values()):
            for path in value if isinstance(value, list | tuple) else (value,):
                if isinstance(path, str | os.PathLike):
                    heard.append(os.fspath(path))
        return original(*args, **kwargs)

    return telling


def _real(path: str | Path) -> str:
    return os.path.realpath(path)


def _below(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith(root.rstrip("/") + "/") for root in roots)
