# file: learning/current.py
"""Say which artefact a candidate's model is, in a file of its own that training alone writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tradingbot.core.errors import BadInput
from tradingbot.core.report.writing import write_whole

__all__ = ["current", "make_current"]

_SHA256 = re.compile(r"[0-9a-f]{64}")


def make_current(root: Path, candidate: str, sha256: str) -> Path:
    """Let the artefact of hash `sha256` below `root` be the candidate's model; return the file that says so."""
    return write_whole(_file(root, candidate), json.dumps({"candidate": candidate, "model": sha256}) + "\n")


def current(root: Path, candidate: str) -> Path:
    """Return the folder of the candidate's model.

    Raises
    ------
    BadInput
        When it has none.
    """
    try:
        found = str(json.loads(_file(root, candidate).read_text(encoding="utf-8"))["model"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{candidate} has no trained model in {root}; `tradingbot train CONFIG` makes one") from None
    if not _SHA256.fullmatch(found) or not (root / found).is_dir():
        raise BadInput(f"{candidate}: its model {found[:16]} is not in {root}; train it again")
    return root / found


def _file(root: Path, candidate: str) -> Path:
    return root / f"{candidate}.json"
