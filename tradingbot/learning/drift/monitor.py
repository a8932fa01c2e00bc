# file: learning/drift/monitor.py
"""Drift monitor: watch features, predictions, labels and coverage of every instrument a model trades."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import DriftConfig
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.signal import DriftFound, Observation, Resolved
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import DAY
from tradingbot.learning.drift.adwin import Adwin
from tradingbot.learning.drift.baseline import BATCHES, Baseline, Reference, positions
from tradingbot.learning.drift.coverage import CoverageTest
from tradingbot.learning.drift.falsealarms import MONTH, Cooldown, FalseAlarmBudget, holm
from tradingbot.learning.drift.psi import count_rows, psi, shares

# A stream has recovered when its index is one that this share of windows exceeds without drift.
_RECOVERED = 0.05


class RowStreams(Stateful):
    """PSI over a rolling window and ADWIN, for each feature and the prediction; only every `every`th row counts."""

    state_names = ("_rows", "_filled", "_seen", "_batches", "_ring", "_looked", "_adwins", "_cooldowns")

    def __init__(
        self, instrument: str, baseline: Baseline, names: Sequence[str], every: int, config: DriftConfig
    ) -> None:
        self._instrument = instrument
        self._baseline = baseline
        self._names = [f"feature {name}" for name in names] + ["prediction"]
        self._every = every
        self._budget = FalseAlarmBudget(config.level)
        self._judged = np.isfinite(baseline.nulls[:, 0])
        self._rows = np.empty((baseline.step, len(self._names)))
        self._filled = self._seen = self._batches = 0
        self._ring = np.zeros((BATCHES, *baseline.expected.shape))
        self._looked = -1
        self._adwins = [_adwin(moments) for moments in baseline.means]
        self._nulls = [baseline.null(column) for column in range(len(self._names))]
        self._recovered = [null.limit(_RECOVERED) for null in self._nulls]
        self._cooldowns = [Cooldown(round(config.cooldown_days * DAY)) for _ in self._names]

    def update(self, ts: int, features: Sequence[float], probability: float) -> list[DriftFound]:
        """Take in a bar's features [k] and the probability made of them; return the alarms.

        Raises BadInput when there are not as many features as in training.
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
        counts = count_rows(self._rows, self._baseline.edges)
        self._ring[self._batches % BATCHES] = counts
        self._batches += 1
        return self._cuts(ts, counts, passed) + (self._shifts(ts, passed) if self._batches >= BATCHES else [])

    def _cuts(self, ts: int, counts: Floats, passed: float) -> list[DriftFound]:
        alarms = []
        features = max(1, sum(adwin is not None for adwin in self._adwins[:-1]))
        places = positions(counts, self._baseline.bins).tolist()
        for column, (adwin, place) in enumerate(zip(self._adwins, places, strict=True)):
            if adwin is None:
                continue
            cut = adwin.update(place, self._budget.adwin(passed, 1 if column == len(places) - 1 else features))
            if cut is not None and self._cooldowns[column].may_alarm(ts):
                self._cooldowns[column].alarmed(ts, until_recovered=False)
                alarms.append(self._alarm(ts, column, "ADWIN", cut.difference, cut.limit))
        return alarms

    def _shifts(self, ts: int, passed: float) -> list[DriftFound]:
        baseline, counts = self._baseline, self._ring.sum(axis=0)
        values = psi(shares(counts, baseline.bins), baseline.expected)
        p = np.full(len(values), math.nan)
        judged = (counts.sum(axis=1) >= baseline.window / 2) & self._judged
        for column in np.flatnonzero(judged).tolist():
            p[column] = 1.0
            if values[column] <= self._recovered[column]:
                self._cooldowns[column].recovered()
            else:
                p[column] = self._nulls[column].p_value(float(values[column]))
        level = self._budget.psi(passed)
        drifted = np.concatenate([holm(p[:-1], level), holm(p[-1:], level)])
        alarms = []
        for column in np.flatnonzero(drifted).tolist():
            if not self._cooldowns[column].may_alarm(ts):
                continue
            self._cooldowns[column].alarmed(ts, until_recovered=True)
            peers = int(judged[:-1].sum()) if column < len(p) - 1 else 1
            limit = self._nulls[column].limit(level / peers)
            alarms.append(self._alarm(ts, column, "PSI", float(values[column]), limit))
        return alarms

    def _alarm(self, ts: int, column: int, detector: str, value: float, limit: float) -> DriftFound:
        stream = self._names[column]
        what = {
            "PSI": f"its PSI over {self._baseline.window} rows was {value:.3f}, limit is {limit:.3f}",
            "ADWIN": f"its mean rank moved by {value:.3f}, limit is {limit:.3f} (ADWIN)",
        }[detector]
        sentence = f"{stream} of {self._instrument} no longer looks as in training: {what}"
        return DriftFound(self._instrument, ts, stream, detector, value, limit, sentence)


def _adwin(moments: Floats) -> Adwin | None:
    mean, variance, count, tau = moments.tolist()
    return None if math.isnan(mean) else Adwin(tau, (mean, variance, count), reach=0.0)


class OutcomeStreams(Stateful):
    """ADWIN on the labels, from training's on, and the bets against the promised coverage."""

    state_names = ("_labels", "_coverage", "_coverage_ts", "_cooldowns")

    def __init__(self, instrument: str, baseline: Baseline, miss: float, config: DriftConfig) -> None:
        self._instrument = instrument
        self._miss = miss
        self._budget = FalseAlarmBudget(config.level)
        mean, variance, count, tau = baseline.label.tolist()
        self._labels = None if math.isnan(mean) else Adwin(tau, (mean, variance, count))
        self._coverage = CoverageTest(miss)
        self._coverage_ts = -1
        self._cooldowns = {name: Cooldown(round(config.cooldown_days * DAY)) for name in ("label rate", "coverage")}

    def update(self, known: Resolved) -> list[DriftFound]:
        """Take in the outcome of a prediction; return the alarms."""
        return [alarm for alarm in (self._label(known), self._covered(known)) if alarm is not None]

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
        cooldown = self._cooldowns[stream]
        if not cooldown.may_alarm(ts):
            return None
        cooldown.alarmed(ts, until_recovered=False)
        sentence = f"{stream} of {self._instrument} is not what training promised: {what}"
        return DriftFound(self._instrument, ts, stream, detector, value, limit, sentence)


class DriftMonitor(Stateful):
    """Compare a model's features, predictions and outcomes with its training; new instruments are not judged."""

    state_names = ("_rows", "_outcomes")

    def __init__(self, reference: Reference, config: DriftConfig) -> None:
        self._rows: dict[str, RowStreams] = {}
        self._outcomes: dict[str, OutcomeStreams] = {}
        for instrument, baseline in zip(reference.instruments, reference.baselines, strict=True):
            self._rows[instrument] = RowStreams(instrument, baseline, reference.names, reference.every, config)
            self._outcomes[instrument] = OutcomeStreams(instrument, baseline, reference.miss, config)

    def observed(self, seen: Observation) -> list[DriftFound]:
        """Take in the features and the probability at the close of a bar; return the alarms."""
        streams = self._rows.get(seen.instrument)
        return streams.update(seen.ts, seen.features, seen.probability) if streams else []

    def resolved(self, known: Resolved) -> list[DriftFound]:
        """Take in the outcome of a prediction; return the alarms."""
        streams = self._outcomes.get(known.instrument)
        return streams.update(known) if streams else []
