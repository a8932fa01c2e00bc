# file: core/execution/topics.py
"""The names under which messages are published inside a run."""

from __future__ import annotations

__all__ = ["DRIFT", "OBSERVATION", "RESOLVED", "SIGNAL"]

SIGNAL = "signal"
OBSERVATION = "observation"
RESOLVED = "resolved"
DRIFT = "drift"
