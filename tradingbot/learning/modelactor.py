# file: learning/modelactor.py
"""Model actor: publish a Signal, or abstain, at every bar's close."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nautilus_trader.common import DataActor, DataActorConfig
from nautilus_trader.model import ActorId

from tradingbot.core.arrays import Floats
from tradingbot.core.execution.errorcollector import ErrorCollector, guarded
from tradingbot.core.messages.signal import OBSERVATION, RESOLVED, SIGNAL, Observation, Signal
from tradingbot.core.stateful import Stateful
from tradingbot.learning.features.featurestream import FeatureStream, features_with_volatility, volatility_feature
from tradingbot.learning.labels.labelresolver import LabelResolver
from tradingbot.learning.labels.triplebarrier import barrier_width
from tradingbot.learning.models.predictor import Predictor
from tradingbot.learning.modelschedule import ModelSchedule

_NAME = "MODEL-000"

SPREAD = ("quotedspread",)
FUNDING = ("fundingrate", "fundingmean")
"""The words of the features that look at more than bars."""


class ModelActor(Stateful, DataActor):
    """Publish a `Signal` for every bar that a model is in force and warm, and what became of the earlier ones.

    `instruments` are the Nautilus instruments by id, `bar_types` the run's bars by instrument id, `costs` the round
    trip's fraction of price by instrument id, by which labels are resolved: of those it holds, and of no others,
    observations and outcomes are published, for drift detection. `opined` is called with each signal and what it was
    made from.
    """

    state_names = ("_schedule", "_streams", "_resolvers")

    def __new__(cls, *_args: object, **_kwargs: object) -> ModelActor:
        return super().__new__(cls, DataActorConfig(actor_id=ActorId(_NAME)))  # type: ignore[call-arg]

    def __init__(
        self,
        schedule: ModelSchedule,
        instruments: Mapping[str, Any],
        bar_types: Mapping[str, Any],
        step_ns: int,
        costs: Mapping[str, float],
        faults: ErrorCollector,
        opined: Callable[[Observation, Signal], None] | None = None,
    ) -> None:
        super().__init__(DataActorConfig(actor_id=ActorId(_NAME)))
        self._opined = opined
        self.faults = faults
        self._schedule = schedule
        self._bar_types = bar_types
        self._recipe = schedule.first.recipe
        self._columns = len(schedule.first.features)
        bars = self._recipe.barriers.bars
        self._volatility = features_with_volatility(schedule.first.features, bars).index(volatility_feature(bars))
        self._streams: dict[str, FeatureStream] = {
            name: schedule.stream(instruments[name].price_precision, instruments[name].size_precision, step_ns)
            for name in bar_types
        }
        self._resolvers = {name: LabelResolver(self._recipe, costs[name]) for name in costs}

    @guarded
    def on_start(self) -> None:
        """Ask for what the features need."""
        for bar_type in self._bar_types.values():
            self.subscribe_bars(bar_type)
            if looks_at(self._schedule.first.features, SPREAD):
                self.subscribe_quotes(bar_type.instrument_id)
            if looks_at(self._schedule.first.features, FUNDING):
                self.subscribe_funding_rates(bar_type.instrument_id)

    @guarded
    def on_quote(self, quote: Any) -> None:
        """Note the spread."""
        self._streams[str(quote.instrument_id)].quote(float(quote.bid_price), float(quote.ask_price))

    @guarded
    def on_funding_rate(self, update: Any) -> None:
        """Note a settlement."""
        self._streams[str(update.instrument_id)].settled(update.ts_event, float(update.rate))

    @guarded
    def on_bar(self, bar: Any) -> None:
        """Publish the signal of this bar, and the outcomes of predictions a horizon ago."""
        name = str(bar.bar_type.instrument_id)
        if name == self._recipe.leader:
            for stream in self._streams.values():
                stream.led(bar.ts_event, float(bar.close))
        values = self._streams[name].update(bar)
        resolver = self._resolvers.get(name)
        if resolver is not None:
            for resolved in resolver.update(name, bar):
                self.publish_message(RESOLVED, resolved)
        predictor = self._schedule.at(bar.ts_event)
        # A sum is finite only where each of its terms is.
        if predictor is None or not math.isfinite(values.sum()):
            return
        self._publish(name, bar, predictor, values)

    def _publish(self, name: str, bar: Any, predictor: Predictor, values: Floats) -> None:
        barriers, row = self._recipe.barriers, values[: self._columns]
        width = float(barrier_width(values[self._volatility], barriers))
        probability = predictor.probability(row)
        side, strength = predictor.side(probability)
        resolver = self._resolvers.get(name)
        signal = Signal(
            instrument=name,
            ts=bar.ts_event,
            direction=side,
            probability=probability,
            strength=strength,
            target=barriers.target * width,
            stop=barriers.stop * width,
            horizon=barriers.horizon,
            model=predictor.sha256,
        )
        # Made for its listeners alone: a walk forward has none.
        if resolver is not None or self._opined is not None:
            seen = Observation(name, bar.ts_event, tuple(row.tolist()), probability)
            if resolver is not None:
                resolver.decided(bar.ts_event, probability, width, predictor)
                self.publish_message(OBSERVATION, seen)
            if self._opined is not None:
                self._opined(seen, signal)
        self.publish_message(SIGNAL, signal)


def looks_at(features: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether any of the features, by their names, is of these words."""
    return any(name.split()[0] in words for name in features)
