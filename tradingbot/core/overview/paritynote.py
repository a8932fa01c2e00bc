# file: core/overview/paritynote.py
"""What the last comparison of a node with its backtest found, kept for whoever shows it."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

from tradingbot.core.messages.nodeview import ParityTile
from tradingbot.core.report.writing import write_whole

__all__ = ["read", "write"]

_FIELDS = {field.name for field in fields(ParityTile)}


def write(folder: Path, node: str, tile: ParityTile) -> Path:
    """Keep the result in `folder`, whole or not at all, in place of the last one; return the file."""
    return write_whole(folder / f"{node}.json", json.dumps(asdict(tile)) + "\n")


def read(folder: Path, node: str) -> ParityTile | None:
    """Return the last result, None before there is one; one that cannot be read is told as its trouble."""
    path = folder / f"{node}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or found.keys() != _FIELDS:
            raise ValueError("it holds something else")
        return ParityTile(**found | {"differences": tuple(map(str, found["differences"]))})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        return ParityTile(0, "", 0, 0, 0, 0, (), f"{path} cannot be read: {error}")
