# file: learning/drift/rowstreams.py
"""Watch an instrument's features and the model's prediction, a batch of bars at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tradingbot.core.config.drift import DriftConfig
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.drift import DriftFound
from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.drift.adwin import Adwin
from tradingbot.learning.drift.binning import count_rows
from tradingbot.learning.drift.budget import MONTH, Budget
from tradingbot.learning.drift.holm import holm
from tradingbot.learning.drift.portrait import BATCHES, Portrait, positions
from tradingbot.learning.drift.psi import psi, shares
from tradingbot.learning.drift.silence import Silence

__all__ = ["RowStreams"]

# A stream is well again when its index is as large as one in so many is without drift.
_WELL = 0.05


class RowStreams:
    """PSI over a rolling window and ADWIN, for each feature and the prediction; only every `every`th row counts."""

    def __init__(
        self, instrument: str, portrait: Portrait, names: Sequence[str], every: int, config: DriftConfig
    ) -> None:
        self._instrument = instrument
        self._portrait = portrait
        self._names = [f"feature {name}" for name in names] + ["prediction"]
        self._every = every
        self._budget = Budget(config.level)
        self._judged = np.isfinite(portrait.nulls[:, 0])
        self._rows = np.empty((portrait.step, len(self._names)))
        self._filled = self._seen = self._batches = 0
        self._ring = np.zeros((BATCHES, *portrait.expected.shape))
        self._looked = -1
        self._adwins = [_adwin(moments) for moments in portrait.means]
        self._nulls = [portrait.null(column) for column in range(len(self._names))]
        self._well = [null.limit(_WELL) for null in self._nulls]
        day = MONTH // 30
        self._silences = [Silence(round(config.cooldown_days * day)) for _ in self._names]

    def update(self, ts: int, features: Sequence[float], probability: float) -> list[DriftFound]:
        """Take in a bar's features [k] and the probability made of them; return the alarms.

        Raises
        ------
        BadInput
            When there are not as many features as in training.
        """
        if self._looked < 0:
            self._looked = ts
        self._seen += 1
        if (self._seen - 1) % self._every:
            return []
        row = self._rows[self._filled]
        if len(features) != len(row) - 1:
            raise BadInput(f"features of {self._instrument} were {len(features)}, allowed is {len(row) - 1}")
        row[:-1] = features
        row[-1] = probability
        self._filled += 1
        return self._look(ts) if self._filled == len(self._rows) else []

    def _look(self, ts: int) -> list[DriftFound]:
        self._filled = 0
        passed = (ts - self._looked) / MONTH
        self._looked = ts
        counts = count_rows(self._rows, self._portrait.edges)
        self._ring[self._batches % BATCHES] = counts
        self._batches += 1
        found = self._cuts(ts, counts, passed)
        return found + (self._shifts(ts, passed) if self._batches >= BATCHES else [])

    def _cuts(self, ts: int, counts: Floats, passed: float) -> list[DriftFound]:
        found = []
        features = max(1, sum(adwin is not None for adwin in self._adwins[:-1]))
        places = positions(counts, self._portrait.bins).tolist()
        for column, (adwin, place) in enumerate(zip(self._adwins, places, strict=True)):
            if adwin is None:
                continue
            cut = adwin.update(place, self._budget.adwin(passed, 1 if column == len(places) - 1 else features))
            if cut is not None and self._silences[column].may_alarm(ts):
                self._silences[column].alarmed(ts, heals=False)
                found.append(self._alarm(ts, column, "ADWIN", cut.difference, cut.limit))
        return found

    def _shifts(self, ts: int, passed: float) -> list[DriftFound]:
        portrait, counts = self._portrait, self._ring.sum(axis=0)
        values = psi(shares(counts, portrait.bins), portrait.expected)
        p = np.full(len(values), math.nan)
        judged = (counts.sum(axis=1) >= portrait.window / 2) & self._judged
        for column in np.flatnonzero(judged).tolist():
            p[column] = 1.0
            if values[column] <= self._well[column]:
                self._silences[column].recovered()
            else:
                p[column] = self._nulls[column].p_value(float(values[column]))
        level = self._budget.psi(passed)
        drifted = np.concatenate([holm(p[:-1], level), holm(p[-1:], level)])
        found = []
        for column in np.flatnonzero(drifted).tolist():
            if not self._silences[column].may_alarm(ts):
                continue
            self._silences[column].alarmed(ts, heals=True)
            peers = int(judged[:-1].sum()) if column < len(p) - 1 else 1
            limit = self._nulls[column].limit(level / peers)
            found.append(self._alarm(ts, column, "PSI", float(values[column]), limit))
        return found

    def _alarm(self, ts: int, column: int, detector: str, value: float, limit: float) -> DriftFound:
        stream = self._names[column]
        what = {
            "PSI": f"its PSI over {self._portrait.window} rows was {value:.3f}, limit is {limit:.3f}",
            "ADWIN": f"its mean rank moved by {value:.3f}, limit is {limit:.3f} (ADWIN)",
        }[detector]
        sentence = f"{stream} of {self._instrument} no longer looks as in training: {what}"
        return DriftFound(self._instrument, ts, stream, detector, value, limit, sentence)


def _adwin(moments: Floats) -> Adwin | None:
    mean, variance, count, memory = moments.tolist()
    return None if math.isnan(mean) else Adwin(memory, (mean, variance, count), reach=0.0)
