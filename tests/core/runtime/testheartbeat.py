# file: tests/core/runtime/testheartbeat.py
from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Lane
from tradingbot.core.runtime import heartbeat as pulse
from tradingbot.core.runtime.heartbeat import Heartbeat, NodeProgress
from tradingbot.core.runtime.statefile import Outbox, Rows


class File:
    """What the pulse writes, in the order of its writing; `broken` is what writing fails with."""

    def __init__(self) -> None:
        self.batches: list[Sequence[Rows]] = []
        self.broken: Exception | None = None

    def write(self, batch: Sequence[Rows]) -> None:
        if self.broken is not None:
            raise self.broken
        self.batches.append(batch)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for batch in self.batches for name, rows in batch if name == table for row in rows]

    @property
    def states(self) -> list[tuple[str, str]]:
        return [(row[4], row[5]) for row in self.rows("heartbeat")]


class Desk:
    """A pulse whose looks are made by hand, its clocks and what it looks at."""

    def __init__(self, patch: pytest.MonkeyPatch, look: Callable[[], NodeProgress] | None = None) -> None:
        self.wall = self.steady = 1_000.0
        self.seen = NodeProgress(0, 0, False, 0.0)
        self.file, self.latch, self.ended = File(), MemoryKillLatch(Lane.FOREX, lambda: 5), threading.Event()
        clock = SimpleNamespace(time=lambda: self.wall, monotonic=lambda: self.steady, time_ns=lambda: 7)
        patch.setattr(pulse, "time", clock)
        patch.setattr(pulse, "_LOOK_S", 0.001)
        self.pulse = Heartbeat(
            self.file, Outbox(), self.latch, look or (lambda: self.seen), self.ended.set, stall_s=15, last=3  # type: ignore[arg-type]
        )  # fmt: skip

    def looks(self, seen: NodeProgress | None = None, later: float = 0.02, jump: float = 0.0) -> None:
        """Let time go by and the pulse look once."""
        self.seen = seen or self.seen
        self.steady += later
        self.wall += later + jump
        self.pulse._once()

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(row[3], row[4]) for row in self.file.rows("outbox")]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def test_a_change_of_state_is_written_at_once_and_else_a_beat_each_second(desk: Desk) -> None:
    desk.looks()
    assert desk.file.states == [("starting", "")]
    desk.looks(NodeProgress(1, 60, True, 0.0))
    desk.looks(NodeProgress(2, 120, True, 0.0))
    assert desk.file.states[1:] == [("catching_up", "")]
    desk.looks(NodeProgress(3, 180, False, 0.0))
    for _ in range(99):
        desk.looks(NodeProgress(4, 240, False, 0.0))
    assert desk.file.states[2:] == [("running", ""), ("running", "")]
    assert desk.file.rows("heartbeat")[-1][2:4] == (240, 4)
    assert desk.told == []


def test_a_stall_is_told_once_with_its_length_and_its_end(desk: Desk) -> None:
    desk.looks(NodeProgress(9, 60, False, 14.9))
    desk.looks(NodeProgress(9, 60, False, 15.0))
    desk.looks(NodeProgress(9, 60, False, 16.5), later=1.5)
    desk.looks(NodeProgress(10, 120, False, 0.0))
    assert desk.file.states == [
        ("running", ""), ("stalled", "no data for 15 s"), ("stalled", "no data for 16 s"), ("running", ""),
    ]  # fmt: skip
    assert desk.told == [("stall", "no data for 15 s though some is due"), ("stall", "data comes again")]


@pytest.mark.parametrize(("jump", "told"), [(3600.0, "+3600.0"), (-7.5, "-7.5"), (1.9, ""), (-1.9, "")])
def test_a_jump_of_the_machines_clock_is_told_once(desk: Desk, jump: float, told: str) -> None:
    desk.looks()
    desk.looks(jump=jump)
    desk.looks()
    said = f"the machine's clock jumped by {told} s; the node goes by the market's time"
    assert desk.told == ([("clock", said)] if told else [])


def test_a_kill_and_its_resume_are_on_record_as_the_node_saw_them(desk: Desk) -> None:
    desk.looks(NodeProgress(1, 60, False, 0.0))
    desk.latch.kill("ann", "flood")
    desk.looks()
    desk.looks()
    desk.latch.resume("bob", "dry")
    desk.looks(NodeProgress(2, 120, False, 0.0))
    assert desk.file.rows("switches") == [(4, 7, 60, 1, "ann", "flood"), (5, 7, 120, 0, "", "")]
    assert desk.told == [
        ("lane killed", "the forex lane is killed by ann: flood; paper goes on"),
        ("lane resumed", "the forex lane is resumed"),
    ]


@pytest.mark.parametrize(
    ("state", "sentence", "told"),
    [
        ("finished", "", []),
        ("stopped", "", [("stopped", "the node was stopped")]),
        ("failed", "no disk", [("failed", "no disk")]),
    ],
)
def test_its_last_word_is_how_the_node_ended(
    desk: Desk, state: str, sentence: str, told: list[tuple[str, str]]
) -> None:
    desk.pulse.start()
    desk.pulse.stop(state, sentence)
    assert desk.file.states[-1] == (state, sentence)
    assert desk.told == told
    assert not desk.pulse._thread.is_alive()
    desk.pulse.check()


def test_a_file_that_cannot_be_written_ends_the_node_with_the_files_own_error(desk: Desk) -> None:
    desk.file.broken = RunFailed("mine.db could not be written: database is locked")
    desk.pulse.start()
    assert desk.ended.wait(10)
    with pytest.raises(RunFailed, match=r"^mine\.db could not be written: database is locked$"):
        desk.pulse.check()


def test_a_heartbeat_that_breaks_off_ends_the_node_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def look() -> NodeProgress:
        raise OSError("no eyes")

    desk = Desk(monkeypatch, look)
    desk.pulse.start()
    assert desk.ended.wait(10)
    with pytest.raises(RunFailed, match=r"^the heartbeat broke off by OSError: no eyes$"):
        desk.pulse.check()
