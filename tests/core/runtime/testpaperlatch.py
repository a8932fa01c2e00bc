# file: tests/core/runtime/testpaperlatch.py
from __future__ import annotations

import pytest

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.runtime.paperlatch import PaperLatch
from tradingbot.core.switches.memorylatch import MemoryLatch


@pytest.fixture
def latches() -> tuple[MemoryLatch, PaperLatch]:
    disk = MemoryLatch(Lane.FOREX)
    return disk, PaperLatch(disk, MemoryLatch(Lane.FOREX))


def test_the_lanes_own_kill_stops_paper_too(latches: tuple[MemoryLatch, PaperLatch]) -> None:
    disk, paper = latches
    assert paper.read() is None
    disk.kill("ann", "flood")
    killed = paper.read()
    assert killed is not None
    assert killed.reason == "flood"
    assert paper.lane is Lane.FOREX


def test_a_kill_on_paper_leaves_the_lane_alone(latches: tuple[MemoryLatch, PaperLatch]) -> None:
    disk, paper = latches
    paper.kill("the lane's own watch", "five losses", "streak")
    assert disk.read() is None
    assert paper.read() is not None
    assert len(paper.past().changes) == 1
    paper.resume("ann", "looked")
    assert paper.read() is None


def test_paper_cannot_resume_the_lane(latches: tuple[MemoryLatch, PaperLatch]) -> None:
    disk, paper = latches
    disk.kill("ann", "flood")
    with pytest.raises(PolicyRefused):
        paper.resume("ann", "looked")
    assert paper.read() is not None
