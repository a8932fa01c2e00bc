# file: tests/learning/labels/testlabelresolver.py
from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.modelfixture import FakeBar, recipe
from tradingbot.core.market.columns import Bars
from tradingbot.core.messages.signal import Resolved
from tradingbot.learning.labels.labelresolver import LabelResolver
from tradingbot.learning.labels.triplebarrier import Outcome, direction, triple_barrier
from tradingbot.learning.models.abstention import Conformal
from tradingbot.learning.models.predictor import Predictor

HORIZON, REACH, COST = 3, 0.02, 0.001
SURE = cast("Predictor", SimpleNamespace(conformal=Conformal(0.4, 0.5, 0.5)))


def bars_of(closes: list[float]) -> Bars:
    path = np.array([100.0, *closes])
    before, after = path[:-1], path[1:]
    ts = np.arange(1, len(path), dtype=np.int64)
    return Bars(ts, before, np.maximum(before, after), np.minimum(before, after), after, np.ones(len(after)))


def played(bars: Bars, every: int = 1, probability: float = 0.6) -> list[Resolved]:
    outcomes = LabelResolver(recipe(every=every, barriers={"horizon": HORIZON, "bars": 8, "target": 1.5}), COST)
    found: list[Resolved] = []
    columns = (bars.ts, bars.open, bars.high, bars.low, bars.close)
    for ts, *prices in zip(*(column.tolist() for column in columns), strict=True):
        found += outcomes.update("X", FakeBar(ts, *prices))
        outcomes.decided(ts, probability, REACH, SURE)
    return found


walks = st.lists(st.floats(80, 120), min_size=6, max_size=40)


@given(closes=walks, every=st.integers(1, 4))
def test_what_became_of_a_decision_is_what_its_label_says(closes: list[float], every: int) -> None:
    bars = bars_of(closes)
    events = np.arange(every - 1, len(bars) - HORIZON - 1, every)

    def taken(side: int) -> Outcome:
        return triple_barrier(
            bars, events, np.full(len(events), side, np.int8), np.full(len(events), REACH),
            target=1.5, stop=1.0, horizon=HORIZON, cost=COST,
        )  # fmt: skip

    side = direction(taken(1), taken(-1))
    expected = [(int(bars.ts[at]), bool(up > 0)) for at, up in zip(events, side, strict=True) if up]
    assert [(one.decided, one.up) for one in played(bars, every)] == expected


def test_it_is_known_a_horizon_after_the_entry_unless_neither_side_pays() -> None:
    (first, *_) = played(bars_of([100, 105, 105, 105, 105, 105]))
    assert (first.instrument, first.decided, first.ts, first.up) == ("X", 1, 5, True)
    assert played(bars_of([100.0] * 20)) == []


@pytest.mark.parametrize(("probability", "covered"), [(0.6, True), (0.4, False), (0.5, True)])
def test_it_is_covered_where_the_set_of_then_held_what_came_true(probability: float, covered: bool) -> None:
    rising = [100.0 + 3 * number for number in range(20)]
    found = played(bars_of(rising), probability=probability)
    assert {(one.up, one.covered, one.probability) for one in found} == {(True, covered, probability)}


def test_what_nobody_decided_is_not_resolved() -> None:
    outcomes, bars = LabelResolver(recipe(), COST), bars_of([100.0 + number for number in range(30)])
    rows = zip(bars.ts.tolist(), bars.open, bars.high, bars.low, bars.close, strict=True)
    assert [outcomes.update("X", FakeBar(*row)) for row in rows] == [[]] * 30
