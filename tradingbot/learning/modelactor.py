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
from tradingbot.learning.features.featurestream import FeatureStream, features_with_volatility, volatility_feature
from tradingbot.learning.labels.resolver import LabelResolver
from tradingbot.learning.labels.triplebarrier import barrier_width
from tradingbot.learning.modelschedule import ModelSchedule, Predictor

_NAME = "MODEL-000"

SPREAD = ("quotedspread",)
FUNDING = ("fundingrate", "fundingmean")
"""The words of the features that look at more than bars."""


class ModelActor(DataActor):
    """Publish a `Signal` for every bar that a model is in force and warm, and what became of the earlier ones.

    `instruments` are the Nautilus instruments by id, `bar_types` the run's bars by instrument id, `costs` the round
    trip's fraction of price by instrument id, by which labels are resolved: of those it holds, and of no others,
    observations and outcomes are published, for whoever watches for drift. `opined` hears each opinion with what it
    was made from.
    """

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
        self._looked_at = len(schedule.first.features)
        bars = self._recipe.barriers.bars
        self._volatility = features_with_volatility(schedule.first.features, bars).index(volatility_feature(bars))
        self._watches: dict[str, FeatureStream] = {
            name: schedule.watch(instruments[name].price_precision, instruments[name].size_precision, step_ns)
            for name in bar_types
        }
        self._outcomes = {name: LabelResolver(self._recipe, costs[name]) for name in costs}

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
        self._watches[str(quote.instrument_id)].quote(float(quote.bid_price), float(quote.ask_price))

    @guarded
    def on_funding_rate(self, update: Any) -> None:
        """Note a settlement."""
        self._watches[str(update.instrument_id)].settled(update.ts_event, float(update.rate))

    @guarded
    def on_bar(self, bar: Any) -> None:
        """Say what the model thinks now, and what became of what it thought a horizon ago."""
        name = str(bar.bar_type.instrument_id)
        if name == self._recipe.leader:
            for watch in self._watches.values():
                watch.led(bar.ts_event, float(bar.close))
        values = self._watches[name].update(bar)
        outcomes = self._outcomes.get(name)
        if outcomes is not None:
            for resolved in outcomes.update(name, bar):
                self.publish_message(RESOLVED, resolved)
        opinion = self._schedule.at(bar.ts_event)
        # A sum is finite only where each of its terms is.
        if opinion is None or not math.isfinite(values.sum()):
            return
        self._say(name, bar, opinion, values)

    def _say(self, name: str, bar: Any, opinion: Predictor, values: Floats) -> None:
        barriers, row = self._recipe.barriers, values[: self._looked_at]
        reach = float(barrier_width(values[self._volatility], barriers))
        probability = opinion.probability(row)
        side, strength = opinion.side(probability)
        outcomes = self._outcomes.get(name)
        # Made for who hears it alone: a walk forward has no such.
        heard = outcomes is not None or self._opined is not None
        seen = Observation(name, bar.ts_event, tuple(row.tolist()), probability) if heard else None
        if outcomes is not None:
            outcomes.decided(bar.ts_event, probability, reach, opinion)
            self.publish_message(OBSERVATION, seen)
        signal = Signal(
            instrument=name,
            ts=bar.ts_event,
            direction=side,
            probability=probability,
            strength=strength,
            target=barriers.target * reach,
            stop=barriers.stop * reach,
            horizon=barriers.horizon,
            model=opinion.sha256,
        )
        if self._opined is not None and seen is not None:
            self._opined(seen, signal)
        self.publish_message(SIGNAL, signal)


def looks_at(features: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether any of the features, by their names, is of these words."""
    return any(name.split()[0] in words for name in features)
