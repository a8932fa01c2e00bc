# file: learning/metafilter.py
"""Meta-labelling filter: let a strategy enter only where a model expects that its entry pays."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.messages.approval import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.messages.signal import Observation
from tradingbot.core.stateful import Stateful
from tradingbot.learning.modelschedule import ModelSchedule


class MetaFilter(Stateful):
    """Judge the entries of one strategy; errors and abstentions are refusals, never entries.

    The model sees the features at the close of the bar on which the strategy acts, and the entry's side (+1 or -1, 1
    for a structure of options) as the last column. `observed` are called with each row it judges.

    Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018, section 3.6.
    """

    state_names = ("_schedule", "_streams", "_rows")

    def __init__(
        self,
        schedule: ModelSchedule,
        instruments: Mapping[str, Any],
        step_ns: int,
        observed: Sequence[Callable[[Observation], None]] = (),
    ) -> None:
        self._schedule = schedule
        self._columns = len(schedule.first.features)
        self._leader = schedule.first.recipe.leader
        self._streams = {
            name: schedule.stream(item.price_precision, item.size_precision, step_ns)
            for name, item in instruments.items()
        }
        self._rows: dict[str, Floats] = {}
        self._observed = observed

    def observe(self, bar: Any) -> None:
        """Take in a Nautilus bar, once."""
        name = str(bar.bar_type.instrument_id)
        stream = self._streams[name]
        if stream.ts == bar.ts_event:
            return
        if name == self._leader:
            for other in self._streams.values():
                other.led(bar.ts_event, float(bar.close))
        self._rows[name] = stream.update(bar)

    def judge(self, intent: Intent | SpreadIntent) -> Intent | SpreadIntent | Refused:
        """Return the intent with the strength the model gives it, or its refusal."""
        predictor = self._schedule.at(intent.ts)
        if predictor is None:
            return _refused(intent, "none", "a model in force", "no model is in force at this time")
        row = self._rows.get(intent.instrument)
        if row is None or not np.isfinite(row).all():
            return _refused(intent, "none", "warm features", "the features are not warm yet")
        side = intent.side.sign if isinstance(intent, Intent) else 1
        seen = np.append(row[: self._columns], float(side))
        probability = predictor.probability(seen)
        if self._observed:
            observation = Observation(intent.instrument, intent.ts, tuple(seen.tolist()), probability)
            for observe in self._observed:
                observe(observation)
        strength = predictor.pays(probability)
        if strength is None:
            least = predictor.least
            limit = "never" if least is None else f"{least:.3f}"
            return _refused(
                intent,
                f"{probability:.3f}",
                limit,
                f"its chance to pay is {probability:.3f}, the model asks for {limit}",
            )
        return dataclasses.replace(intent, strength=strength)


def _refused(intent: Intent | SpreadIntent, was: str, limit: str, sentence: str) -> Refused:
    return Refused.of(intent, "meta_label", was, limit, sentence)
