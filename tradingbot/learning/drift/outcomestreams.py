# file: learning/drift/outcomestreams.py
"""Watch how an instrument's labels come out, and whether the model's sets hold them as often as promised."""

from __future__ import annotations

import math

from tradingbot.core.config.drift import DriftConfig
from tradingbot.core.messages.drift import DriftFound
from tradingbot.core.messages.observation import Resolved
from tradingbot.learning.drift.adwin import Adwin
from tradingbot.learning.drift.budget import MONTH, Budget
from tradingbot.learning.drift.coverage import CoverageTest
from tradingbot.learning.drift.portrait import Portrait
from tradingbot.learning.drift.silence import Silence

__all__ = ["OutcomeStreams"]


class OutcomeStreams:
    """ADWIN on the labels, from training's on, and the bets against the promised coverage."""

    def __init__(self, instrument: str, portrait: Portrait, miss: float, config: DriftConfig) -> None:
        self._instrument = instrument
        self._miss = miss
        self._budget = Budget(config.level)
        mean, variance, count, memory = portrait.label.tolist()
        self._labels = None if math.isnan(mean) else Adwin(memory, (mean, variance, count))
        self._coverage = CoverageTest(miss)
        self._coverage_ts = -1
        cooldown = round(config.cooldown_days * (MONTH // 30))
        self._silences = {"label rate": Silence(cooldown), "coverage": Silence(cooldown)}

    def update(self, known: Resolved) -> list[DriftFound]:
        """Take in how an opinion ended; return the alarms."""
        return [found for found in (self._label(known), self._covered(known)) if found is not None]

    def _label(self, known: Resolved) -> DriftFound | None:
        if self._labels is None:
            return None
        cut = self._labels.update(float(known.up), self._budget.label)
        if cut is None:
            return None
        what = f"the share of ups moved from {cut.before:.1%} to {cut.after:.1%}, allowed is by {cut.limit:.1%}"
        return self._alarm(known.ts, "label rate", "ADWIN", cut.difference, cut.limit, what)

    def _covered(self, known: Resolved) -> DriftFound | None:
        if known.covered is None:
            return None
        test = self._coverage
        passed = max(0, known.ts - self._coverage_ts) / MONTH if self._coverage_ts >= 0 else 0.0
        if not test.update(known.decided, known.ts, known.covered, passed):
            return None
        self._coverage_ts = known.ts
        if test.capital < 1 / self._budget.coverage:
            return None
        value, counted, promised = test.realised, test.counted, 1 - self._miss
        test.restart()
        what = f"{value:.1%} of the last {counted} sets held the truth, promised is {promised:.1%}"
        return self._alarm(known.ts, "coverage", "e-process", value, promised, what)

    def _alarm(self, ts: int, stream: str, detector: str, value: float, limit: float, what: str) -> DriftFound | None:
        silence = self._silences[stream]
        if not silence.may_alarm(ts):
            return None
        silence.alarmed(ts, heals=False)
        sentence = f"{stream} of {self._instrument} is not what training promised: {what}"
        return DriftFound(self._instrument, ts, stream, detector, value, limit, sentence)
