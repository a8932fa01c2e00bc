# file: core/messages/signal.py
"""A model's opinion on one instrument at the close of one bar."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.messages.intent import Side, Strength

__all__ = ["Signal"]


@dataclass(frozen=True, slots=True)
class Signal:
    """Which side pays, how probably, and how far and how long the model looked.

    `direction` and `strength` are None where the model abstains. `probability` is that of a rise (of a profit, where a
    strategy's own entries are judged). The outcome is decided `target` above or `stop` below the price (fractions of
    it, mirrored for a short), or after `horizon` bars. `ts` is the close of the bar (UTC ns), `model` the sha256 of the
    artefact.
    """

    instrument: str
    ts: int
    direction: Side | None
    probability: float
    strength: Strength | None
    target: float
    stop: float
    horizon: int
    model: str
