# file: core/runtime/models.py
"""Trained models of a run: load them and build the actors that publish signals and the filter that judges entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.home import resolve
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.errorcollector import ErrorCollector
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.strategycontext import EntryFilter
from tradingbot.core.market.series import Step
from tradingbot.core.messages.signal import Observation, Signal
from tradingbot.core.runtime.market import Market, round_trip_costs
from tradingbot.core.time import SECOND

if TYPE_CHECKING:
    from tradingbot.learning.models.artefact import Manifest


@dataclass(frozen=True, slots=True)
class LoadedModels:
    """The actors in the order they are installed, the filter of filtered strategies, the models by hash."""

    actors: list[Any] = field(default_factory=list)
    entry_filter: EntryFilter | None = None
    predictors: Mapping[str, Any] = field(default_factory=dict)


def load_models(
    config: BacktestConfig,
    market: Market,
    venue: LaneVenue,
    bar_types: Mapping[str, Any],
    record: Record,
    faults: ErrorCollector,
    opined: Callable[[Observation, Signal | None], None] | None,
) -> LoadedModels:
    """Load the models of `config` and build what speaks for them; `opined` hears each opinion and what it saw.

    Raises ConfigError when a model is asked for what it was not trained for, or a strategy is filtered without one;
    BadInput, RunFailed: As in `learning.artefact.load`.
    """
    filtered = any(spec.filtered for spec in config.strategies)
    if not config.models:
        if filtered:
            raise ConfigError("strategies: one is filtered, but `models` is empty")
        return LoadedModels()
    # Heavy, and needed with models alone.
    from tradingbot.learning.drift.monitor import DriftMonitor
    from tradingbot.learning.driftactor import DriftActor
    from tradingbot.learning.metafilter import MetaFilter
    from tradingbot.learning.modelactor import FUNDING, SPREAD, ModelActor, looks_at
    from tradingbot.learning.models.artefact import load
    from tradingbot.learning.modelschedule import ModelSchedule, ModelTerm

    terms = []
    for use in config.models:
        folder = resolve(use.path)
        terms.append(ModelTerm(load(folder), folder.resolve().name, _ns(use.start), _ns(use.end)))
    schedule = ModelSchedule(terms)
    predictors = {predictor.sha256: predictor for predictor in schedule.predictors}
    _check_fit(schedule.first, config)
    recipe = schedule.first.recipe
    if filtered != (recipe.target == "meta"):
        wanted = "a filtered strategy" if recipe.target == "meta" else "a strategy that follows signals"
        raise ConfigError(f"models: the target was {recipe.target}, which is for {wanted}")
    # Drift is measured against one training: in a walk forward each model follows another market by design.
    drift = []
    if len(terms) == 1:
        drift.append(DriftActor(DriftMonitor(terms[0].artefact.reference, recipe.drift), record, faults))
    instruments = {str(item.id): item for item in market.instruments if str(item.id) in bar_types}
    step = market.sources[0].step.ns
    if recipe.target == "meta":
        if looks_at(schedule.first.features, (*SPREAD, *FUNDING)):
            raise ConfigError("recipe.features: a meta model hears bars alone, allowed are no quotes and no funding")
        hearers: list[Callable[[Observation], None]] = [actor.observe for actor in drift]
        if opined is not None:
            hearers.append(lambda seen: opined(seen, None))
        return LoadedModels([*drift], MetaFilter(schedule, instruments, step, hearers), predictors)
    # What a round trip costs is read from all bars, and needed to label what drift is watched by.
    costs = round_trip_costs(market, venue) if drift else {}
    actor = ModelActor(schedule, instruments, bar_types, step, costs, faults, opined)
    return LoadedModels([*drift, actor], predictors=predictors)


def _check_fit(trained: Manifest, config: BacktestConfig) -> None:
    if Step.parse(trained.bar).ns != Step.parse(config.bar).ns:
        raise ConfigError(
            f"models: trained was on {trained.bar} bars, allowed are no others, the run's are {config.bar}"
        )
    if unknown := [name for name in config.instruments if name not in trained.instruments]:
        raise ConfigError(
            f"models: {unknown[0]} is traded, allowed is what was trained on: {', '.join(trained.instruments)}"
        )
    if trained.recipe.leader not in (None, *config.instruments):
        raise ConfigError(f"models: they look at {trained.recipe.leader}, which leads and is not among the instruments")


def _ns(moment: dt.datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp()) * SECOND
