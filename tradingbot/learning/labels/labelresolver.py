# file: learning/labels/labelresolver.py
"""Label resolver: find out what became of a model's live decisions, by the labels it was trained on."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.market.columns import Bars
from tradingbot.core.messages.signal import Resolved
from tradingbot.core.stateful import Stateful
from tradingbot.learning.labels.triplebarrier import direction, long_and_short
from tradingbot.learning.models.predictor import Predictor


class LabelResolver(Stateful):
    """One instrument's decisions that wait for their outcome.

    Every `every`th bar is a decision, as in training. `cost` is the round trip's fraction of the price.
    """

    state_names = ("_rows", "_waiting", "_bars")

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
        resolved = []
        while self._waiting and self._bars - self._waiting[0][0] > self._barriers.horizon:
            _, ts, probability, width, predictor = self._waiting.popleft()
            label = self._label(width)
            if label:
                up = label > 0
                covered = predictor.conformal.set(probability) in (1 if up else -1, 2)
                resolved.append(Resolved(name, ts, bar.ts_event, up, probability, covered))
        return resolved

    def decided(self, ts: int, probability: float, width: float, predictor: Predictor) -> None:
        """Remember what the model predicted at the close of the last bar, and the barriers' width there."""
        if self._bars % self._every == 0:
            self._waiting.append((self._bars, ts, probability, width, predictor))

    def _label(self, width: float) -> int:
        """Return the label of the decision at the first bar that is kept: the window is as long as a label needs."""
        columns = np.array(self._rows).T
        opens, highs, lows, closes = columns[1:]
        bars = Bars(columns[0].astype(np.int64), opens, highs, lows, closes, np.zeros(len(self._rows)))
        sides = long_and_short(bars, np.zeros(1, dtype=np.int64), np.full(1, width), self._barriers, self._cost)
        return int(direction(*sides)[0])
