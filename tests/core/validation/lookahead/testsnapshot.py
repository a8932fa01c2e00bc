# file: tests/core/validation/lookahead/testsnapshot.py
from __future__ import annotations

from collections import deque
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from nautilus_trader.indicators import SimpleMovingAverage

from tradingbot.core.validation.lookahead.snapshot import changed, snapshot


class Window:
    __slots__ = ("_sum", "held")

    def __init__(self, total: float) -> None:
        self._sum = total
        self.held = deque([total, 1.0])


def average(value: float) -> SimpleMovingAverage:
    """Return an indicator of the engine's that has heard one number."""
    found = SimpleMovingAverage(1)
    found.update_raw(value)
    return found


PLACES: dict[str, tuple[Any, Any, str]] = {
    "a number": (1.0, 2.0, "mind"),
    "a private one": (Window(1.0), Window(2.0), "mind.held"),
    "a dict": ({"z": 1}, {"z": 2}, "mind['z']"),
    "a column by time": ({i: i for i in range(99)}, {i: -i for i in range(99)}, "mind"),
    "an array": (np.arange(3), np.arange(3) + 1, "mind"),
    "a list of windows": ([Window(1.0)], [Window(2.0)], "mind[0].held"),
    "an indicator": (average(1.0), average(2.0), "mind.value"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_number_that_differs_is_found_by_its_path(place: str) -> None:
    was, now, path = PLACES[place]
    found = changed(snapshot(SimpleNamespace(mind=was)), snapshot(SimpleNamespace(mind=now)))
    assert path in found


def test_a_shorter_table_is_named_only_when_nothing_else_differs() -> None:
    was = snapshot(SimpleNamespace(times=np.arange(9), score=np.arange(9) / 9))
    now = snapshot(SimpleNamespace(times=np.arange(5), score=np.arange(5) / 5))
    assert changed(was, now) == ["score"]
    was, now = (snapshot(SimpleNamespace(times=np.arange(size))) for size in (9, 5))
    assert changed(was, now) == ["times"]


def test_what_the_program_gave_a_strategy_is_not_its_own() -> None:
    assert snapshot(SimpleNamespace(book=1.0, _score=2.0), frozenset({"book"})) == {"_score": 2.0}
