# file: tests/core/switches/testmemorylatch.py
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tradingbot.core.lane import Lane
from tradingbot.core.switches.memorylatch import MemoryLatch


def test_a_backtest_leaves_the_installation_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Callable[[], int]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    latch = MemoryLatch(Lane.FOREX, clock)
    latch.kill("ann", "why")
    latch.kill("ann", "why")
    latch.resume("bob", "over")
    assert list(tmp_path.rglob("*")) == []


def test_two_runs_share_nothing(clock: Callable[[], int]) -> None:
    MemoryLatch(Lane.FOREX, clock).kill("ann", "why")
    assert MemoryLatch(Lane.FOREX, clock).read() is None
