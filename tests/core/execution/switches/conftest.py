# file: tests/core/execution/switches/conftest.py
"""A clock that ticks at every look, and a latch on a folder of the test's own."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.lane import Lane

START = 1_764_000_000_000_000_000


class Ticking:
    """A second passes with every look."""

    def __init__(self) -> None:
        self._seconds = count()

    def __call__(self) -> int:
        return START + next(self._seconds) * 1_000_000_000


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the switches lie; it does not exist yet."""
    return tmp_path / "state" / "switches"


@pytest.fixture
def latch(folder: Path, clock: Ticking) -> FileKillLatch:
    return FileKillLatch(Lane.FOREX, folder, clock, patience=0.05)
