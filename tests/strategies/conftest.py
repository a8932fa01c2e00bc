# file: tests/strategies/conftest.py
"""Strategies are tested through the real engine, on markets small enough to be reasoned about."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.strategies.strategyfixture import Playground
from tradingbot.core.execution.positiontracker import PositionTracker
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.runtime.recorder import Recorder


@pytest.fixture
def playground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Playground:
    """A home of the test's own; what strategies ask for is listened to on its way to the desk and the books."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    intents: list[Intent | SpreadIntent] = []
    stops: list[tuple[str, float]] = []
    decided, tightened = Recorder.decided, PositionTracker.tightened

    def hear(self: Recorder, intent: Intent | SpreadIntent, *known: Any) -> None:
        intents.append(intent)
        decided(self, intent, *known)

    def see(self: Any, name: str, trigger: Decimal) -> None:
        stops.append((name, float(trigger)))
        tightened(self, name, trigger)

    monkeypatch.setattr(Recorder, "decided", hear)
    monkeypatch.setattr(PositionTracker, "tightened", see)
    return Playground(tmp_path, intents, stops)
