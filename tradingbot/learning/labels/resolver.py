# file: learning/labels/resolver.py
"""Label resolver: find out what became of a model's live decisions, by the labels it was trained on."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.market.columns import Bars
from tradingbot.core.messages.signal import Resolved
from tradingbot.learning.labels.triplebarrier import Outcome, direction, triple_barrier

if TYPE_CHECKING:
    from tradingbot.learning.modelschedule import Predictor


class LabelResolver:
    """One instrument's decisions that wait for their outcome.

    Every `every`th bar is a decision, as in training. `cost` is the round trip's fraction of the price.
    """

    def __init__(self, recipe: ModelRecipe, cost: float) -> None:
        self._barriers = recipe.barriers
        self._every = recipe.every
        self._cost = cost
        self._rows: deque[tuple[int, float, float, float, float]] = deque(maxlen=recipe.barriers.horizon + 2)
        self._waiting: deque[tuple[int, int, float, float, Predictor]] = deque()
        self._bars = 0

    def update(self, name: str, bar: Any) -> list[Resolved]:
        """Take in a Nautilus bar and return what it resolves."""
        self._bars += 1
        self._rows.append((bar.ts_event, float(bar.open), float(bar.high), float(bar.low), float(bar.close)))
        found = []
        while self._waiting and self._bars - self._waiting[0][0] > self._barriers.horizon:
            _, ts, probability, reach, opinion = self._waiting.popleft()
            label = self._label(reach)
            if label:
                up = label > 0
                covered = opinion.conformal.set(probability) in (1 if up else -1, 2)
                found.append(Resolved(name, ts, bar.ts_event, up, probability, covered))
        return found

    def decided(self, ts: int, probability: float, reach: float, opinion: Predictor) -> None:
        """Remember what was thought at the close of the last bar."""
        if self._bars % self._every == 0:
            self._waiting.append((self._bars, ts, probability, reach, opinion))

    def _label(self, reach: float) -> int:
        """Return the label of the decision at the first bar that is kept: the window is as long as a label needs."""
        columns = np.array(self._rows).T
        opens, highs, lows, closes = columns[1:]
        bars = Bars(columns[0].astype(np.int64), opens, highs, lows, closes, np.zeros(len(self._rows)))
        return int(direction(self._outcome(bars, 1, reach), self._outcome(bars, -1, reach))[0])

    def _outcome(self, bars: Bars, side: int, reach: float) -> Outcome:
        return triple_barrier(
            bars,
            np.zeros(1, dtype=np.int64),
            np.full(1, side, dtype=np.int8),
            np.full(1, reach),
            target=self._barriers.target,
            stop=self._barriers.stop,
            horizon=self._barriers.horizon,
            cost=self._cost,
        )
