# file: tests/learning/testdriftactor.py
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast
from unittest.mock import Mock

import pytest
from nautilus_trader.backtest import BacktestEngine, BacktestEngineConfig
from nautilus_trader.common import DataActor, DataActorConfig, LoggerConfig
from nautilus_trader.model import ActorId

from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.errorcollector import ErrorCollector
from tradingbot.core.messages.signal import DRIFT, OBSERVATION, RESOLVED, DriftFound, Observation, Resolved
from tradingbot.learning.drift.monitor import DriftMonitor
from tradingbot.learning.driftactor import DriftActor

FOUND = DriftFound("X.BYBIT", 7, "coverage", "e-process", 0.7, 0.9, "coverage fell")
SEEN = Observation("X.BYBIT", 5, (1.0,), 0.5)
KNOWN = Resolved("X.BYBIT", 5, 7, up=True, probability=0.5, covered=False)


class _Monitor:
    """Say what it is told to, and keep what it heard."""

    def __init__(self, *, rows: Sequence[DriftFound] = (), outcomes: Sequence[DriftFound] = ()) -> None:
        self.heard: list[object] = []
        self._rows, self._outcomes = rows, outcomes

    def observed(self, seen: Observation) -> Sequence[DriftFound]:
        self.heard.append(seen)
        return self._rows

    def resolved(self, known: Resolved) -> Sequence[DriftFound]:
        self.heard.append(known)
        return self._outcomes


class _Record:
    def __init__(self) -> None:
        self.happenings: list[tuple[str, str, int]] = []

    def happened(self, kind: str, sentence: str, ts: int) -> None:
        self.happenings.append((kind, sentence, ts))


class _Talker(DataActor):
    """Publish as a model would, and listen for drift."""

    def __new__(cls, *_args: object) -> _Talker:
        return super().__new__(cls)

    def __init__(self, messages: Sequence[tuple[str, object]]) -> None:
        super().__init__(DataActorConfig(actor_id=ActorId("TALKER-000")))
        self._messages = messages
        self.drifts: list[object] = []

    def on_start(self) -> None:
        self.subscribe_topic(DRIFT, self.drifts.append)
        for topic, message in self._messages:
            self.publish_message(topic, message)


@pytest.fixture
def played() -> Iterator[Callable[..., _Talker]]:
    logging = LoggerConfig(print_config=False, bypass_logging=True)
    engine = BacktestEngine(BacktestEngineConfig(logging=logging, run_analysis=False))

    def play(actor: DriftActor, messages: Sequence[tuple[str, object]]) -> _Talker:
        talker = _Talker(messages)
        engine.add_actor(actor)
        engine.add_actor(talker)
        engine.run()
        return talker

    yield play
    engine.dispose()


def _actor(monitor: _Monitor, record: _Record, faults: ErrorCollector) -> DriftActor:
    return DriftActor(cast("DriftMonitor", monitor), record, faults)


def test_what_the_model_says_and_achieves_reaches_the_monitor(played: Callable[..., _Talker]) -> None:
    monitor, faults = _Monitor(), ErrorCollector()
    talker = played(_actor(monitor, _Record(), faults), [(OBSERVATION, SEEN), (RESOLVED, KNOWN), ("signal", 1)])
    faults.raise_first()
    assert monitor.heard == [SEEN, KNOWN]
    assert talker.drifts == []


@pytest.mark.parametrize(("topic", "message", "where"), [(OBSERVATION, SEEN, "rows"), (RESOLVED, KNOWN, "outcomes")])
def test_a_drift_is_recorded_and_published(
    played: Callable[..., _Talker], topic: str, message: object, where: str
) -> None:
    record, faults = _Record(), ErrorCollector()
    said: dict[str, Any] = {where: [FOUND]}
    talker = played(_actor(_Monitor(**said), record, faults), [(topic, message)])
    faults.raise_first()
    assert record.happenings == [("drift", "coverage fell", 7)]
    assert talker.drifts == [FOUND]


def test_what_the_monitor_raises_ends_the_run_as_a_failure(played: Callable[..., _Talker]) -> None:
    monitor, faults = Mock(observed=Mock(side_effect=ValueError("boom"))), ErrorCollector()
    played(_actor(monitor, _Record(), faults), [(OBSERVATION, SEEN)])
    with pytest.raises(StrategyFailed, match=r"DRIFT-000\.observation raised ValueError: boom"):
        faults.raise_first()
