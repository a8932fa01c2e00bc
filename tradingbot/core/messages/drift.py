# file: core/messages/drift.py
"""The news that a market no longer looks like the one a model was trained on."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DriftFound"]


@dataclass(frozen=True, slots=True)
class DriftFound:
    """One alarm: which stream of which instrument, the detector that raised it, what it measured and its limit.

    `stream` is `feature <name>`, `prediction`, `label rate` or `coverage`; `sentence` is what a person reads; `ts` is
    UTC ns.
    """

    instrument: str
    ts: int
    stream: str
    detector: str
    value: float
    limit: float
    sentence: str
