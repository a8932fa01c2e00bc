# file: learning/driftactor.py
"""Drift actor: publish an alarm when the market no longer looks like the training data."""

from __future__ import annotations

from typing import Protocol

from nautilus_trader.common import DataActor, DataActorConfig
from nautilus_trader.model import ActorId

from tradingbot.core.execution.errorcollector import ErrorCollector, guarded
from tradingbot.core.messages.signal import DRIFT, OBSERVATION, RESOLVED, DriftFound, Observation, Resolved
from tradingbot.core.stateful import Stateful
from tradingbot.learning.drift.monitor import DriftMonitor

_NAME = "DRIFT-000"


class EventSink(Protocol):
    """Whoever keeps what happened to the lane."""

    def happened(self, kind: str, sentence: str, ts: int) -> None:
        """Keep a happening."""


class DriftActor(Stateful, DataActor):
    """Pass observations and outcomes to the monitor; publish and record each `DriftFound`. It stops nothing."""

    state_names = ("_monitor",)

    def __new__(cls, *_args: object, **_kwargs: object) -> DriftActor:
        return super().__new__(cls)

    def __init__(self, monitor: DriftMonitor, record: EventSink, faults: ErrorCollector) -> None:
        super().__init__(DataActorConfig(actor_id=ActorId(_NAME)))
        self.faults = faults
        self._monitor = monitor
        self._record = record

    @guarded
    def on_start(self) -> None:
        """Subscribe to predictions and their outcomes."""
        self.subscribe_topic(OBSERVATION, self.faults.watched(_NAME, OBSERVATION, self.observe))
        self.subscribe_topic(RESOLVED, self.faults.watched(_NAME, RESOLVED, self.resolve))

    def observe(self, seen: Observation) -> None:
        """Take in what a model saw and predicted."""
        for found in self._monitor.observed(seen):
            self._tell(found)

    def resolve(self, known: Resolved) -> None:
        """Take in the outcome of a prediction."""
        for found in self._monitor.resolved(known):
            self._tell(found)

    def _tell(self, found: DriftFound) -> None:
        self._record.happened("drift", found.sentence, found.ts)
        self.publish_message(DRIFT, found)
