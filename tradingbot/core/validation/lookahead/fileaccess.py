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
from functools import cache
from pathlib import Path
from typing import Any

_EVENTS = frozenset({"open", "os.listdir", "os.scandir", "sqlite3.connect"})
_SYSTEM = ("/dev/null", "/dev/random", "/dev/tty", "/dev/urandom", "/etc", "/lib", "/lib64", "/proc", "/sys", "/usr")
_CODE = (".py", ".pyc", ".so")
_LISTENERS: list[list[str]] = []
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
    """Record which files and folders are opened while the block runs that are neither `allowed` nor the system's.

    A file that the program opened by name is seen, whatever library then reads it, and what pyarrow opens by itself; a
    file that another library written in another language opens by itself is not.
    """
    opened: list[str] = []
    foreign: list[str] = []
    _install_hook()
    _LISTENERS.append(opened)
    try:
        with _arrow_recorded(opened):
            yield foreign
    finally:
        _LISTENERS.remove(opened)
        is_foreign = _foreign_test(allowed)
        foreign += sorted(path for path in set(opened) if is_foreign(path))


def _foreign_test(allowed: Allowed) -> Callable[[str], bool]:
    readable = [*allowed.folders, Path(sys.prefix), Path(sys.base_prefix)]
    roots = [*map(os.path.realpath, map(str, readable)), *_SYSTEM]
    settings = [os.path.realpath(path) for path in allowed.settings]
    # The importer lists the folders it looks for modules in; that tells a strategy nothing.
    listed = {os.path.realpath(place) for place in (tempfile.gettempdir(), *sys.path, *sys.path_importer_cache)}

    def is_foreign(path: str) -> bool:
        whole = os.path.realpath(path)
        if _below(whole, roots) or whole.endswith(_CODE) or "__pycache__" in whole or whole in listed:
            return False
        if _below(whole, settings) and (whole.endswith(".json") or Path(whole).is_dir()):
            return False
        return Path(whole).exists()

    return is_foreign


@cache
def _install_hook() -> None:
    """An audit hook cannot be taken back, so there is one for the life of the process."""
    sys.addaudithook(_hook)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _LISTENERS or event not in _EVENTS or not args or not isinstance(args[0], str | bytes | os.PathLike):
        return
    flags = args[2] if len(args) > 2 and isinstance(args[2], int) else 0
    if event == "open" and flags & os.O_ACCMODE == os.O_WRONLY:
        return
    for opened in _LISTENERS:
        opened.append(os.fsdecode(args[0]))


@contextmanager
def _arrow_recorded(opened: list[str]) -> Iterator[None]:
    originals = [
        (module, name, getattr(module, name))
        for module, names in ((importlib.import_module(place), names) for place, names in ARROW.items())
        for name in names
    ]
    try:
        for module, name, original in originals:
            setattr(module, name, _recording(original, opened))
        yield
    finally:
        for module, name, original in originals:
            setattr(module, name, original)


def _recording(original: Callable[..., Any], opened: list[str]) -> Callable[..., Any]:
    @functools.wraps(original, updated=())
    def recording(*args: Any, **kwargs: Any) -> Any:
        for value in (*args[:1], *kwargs.values()):
            paths = value if isinstance(value, list | tuple) else (value,)
            opened.extend(os.fspath(path) for path in paths if isinstance(path, str | os.PathLike))
        return original(*args, **kwargs)

    return recording


def _below(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith(root.rstrip("/") + "/") for root in roots)
