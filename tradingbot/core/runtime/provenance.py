# file: core/runtime/provenance.py
"""Which code, config and data a result came from, as hashes."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel

import tradingbot

__all__ = ["code_sha256", "config_sha256", "versions"]

_DISTRIBUTIONS = ("tradingbot", "nautilus_trader", "numpy", "pyarrow")


def versions(*more: str) -> dict[str, str]:
    """Return the versions a result depends on, and those of `more` distributions."""
    names = (*_DISTRIBUTIONS, *more)
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in names}


def code_sha256(strategies: Iterable[bytes]) -> str:
    """Return the hash of the program's sources and of the strategies' (their files' bytes), in stable order."""
    digest = hashlib.sha256()
    root = Path(tradingbot.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    for source in strategies:
        digest.update(b"\0" + source)
    return digest.hexdigest()


def config_sha256(*parts: BaseModel | Mapping[str, object]) -> str:
    """Return the hash of resolved configuration, independent of spacing and key order in the files."""
    plain = [part.model_dump(mode="json") if isinstance(part, BaseModel) else dict(part) for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()
