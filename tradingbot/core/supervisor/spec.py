# file: core/supervisor/spec.py
"""What a process is before it runs: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tradingbot.core.lane import Lane

__all__ = ["Kind", "ProcessSpec", "parity_of"]


class Kind(StrEnum):
    """What a process is for, which decides what its end means."""

    PAPER = "paper"
    DASHBOARD = "dashboard"
    PARITY = "parity"


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A process by name, and the words of the command line it runs; `lane` is None where it has none."""

    name: str
    words: tuple[str, ...]
    kind: Kind
    lane: Lane | None = None


def parity_of(node: ProcessSpec) -> ProcessSpec:
    """Return the comparison of a node's last whole market day with its backtest."""
    # No node's name may hold an @, so the names cannot meet.
    return ProcessSpec(f"parity@{node.name}", ("parity", node.name, "--day", "last"), Kind.PARITY, node.lane)
