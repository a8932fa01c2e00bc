# file: learning/drift/monitor.py
"""Watch every stream of every instrument that a model trades, for as long as it trades."""

from __future__ import annotations

from tradingbot.core.config.drift import DriftConfig
from tradingbot.core.messages.drift import DriftFound
from tradingbot.core.messages.observation import Observation, Resolved
from tradingbot.learning.drift.outcomestreams import OutcomeStreams
from tradingbot.learning.drift.reference import Reference
from tradingbot.learning.drift.rowstreams import RowStreams

__all__ = ["DriftMonitor"]


class DriftMonitor:
    """Compare what a model sees, says and achieves with its training; instruments it never saw are not judged."""

    def __init__(self, reference: Reference, config: DriftConfig) -> None:
        self._rows: dict[str, RowStreams] = {}
        self._outcomes: dict[str, OutcomeStreams] = {}
        for instrument, portrait in zip(reference.instruments, reference.portraits, strict=True):
            self._rows[instrument] = RowStreams(instrument, portrait, reference.names, reference.every, config)
            self._outcomes[instrument] = OutcomeStreams(instrument, portrait, reference.miss, config)

    def observed(self, seen: Observation) -> list[DriftFound]:
        """Take in what the model saw and said at the close of a bar; return the alarms."""
        streams = self._rows.get(seen.instrument)
        return streams.update(seen.ts, seen.features, seen.probability) if streams else []

    def resolved(self, known: Resolved) -> list[DriftFound]:
        """Take in how an opinion ended; return the alarms."""
        streams = self._outcomes.get(known.instrument)
        return streams.update(known) if streams else []
