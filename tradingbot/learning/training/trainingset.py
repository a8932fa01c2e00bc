# file: learning/training/trainingset.py
"""Training set: read, check, compute, store and label everything that is learned from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.config.home import home, resolve
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.errors import ConfigError, RunFailed
from tradingbot.core.experiments.experiment import Experiment
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.lane import Lane
from tradingbot.core.market.columns import Bars, Kind
from tradingbot.core.market.decimals import snapped
from tradingbot.core.progress import Progress
from tradingbot.core.runtime.barsource import BarSource
from tradingbot.core.runtime.market import Market, Plan, round_trip_costs
from tradingbot.learning.features.catalogue import DEFAULT
from tradingbot.learning.features.featurestream import (
    FeatureTable,
    InstrumentHistory,
    compute_features,
    point_in_time_bars,
)
from tradingbot.learning.featurestore.store import FeatureStore
from tradingbot.learning.models.artefact import StoredFeatures
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.training.datachecks import check_bars, check_features
from tradingbot.learning.training.labelling import Primary, direction_samples, metalabel_samples


def read_histories(market: Market, venue: LaneVenue, recipe: ModelRecipe) -> list[InstrumentHistory]:
    """Return every instrument's history in the market's period, on the decimals that a strategy sees it in.

    Raises ConfigError when the recipe's leader is not traded.
    """
    read = {source.name: _bars(source, market) for source in market.sources}
    if recipe.leader is not None and recipe.leader not in read:
        raise ConfigError(f"recipe.leader was {recipe.leader}, allowed are the run's instruments: {', '.join(read)}")
    leader = read[recipe.leader][0] if recipe.leader else None
    costs = round_trip_costs(market, venue)
    histories = []
    for source in market.sources:
        name, instrument = source.name, source.instrument
        bars, spread = read[name]
        settled = market.catalog.span(name, Kind.FUNDING)
        # What was settled before the period begins, its first instant included, reaches no run.
        funding = market.catalog.funding(name, market.start + 1, market.end) if settled else None
        moments = point_in_time_bars(bars, source.step.ns, spread, funding, leader)
        histories.append(
            InstrumentHistory(name, moments, instrument.price_precision, instrument.size_precision, costs[name])
        )
    return histories


def _bars(source: BarSource, market: Market) -> tuple[Bars, Floats | None]:
    middle, bid, ask = source.read(market.start, market.end)
    price, size = source.instrument.price_precision, source.instrument.size_precision
    prices = [snapped(getattr(middle, name), price) for name in ("open", "high", "low", "close")]
    bars = Bars(middle.ts, *[*prices, snapped(middle.volume, size)])
    if bid is None or ask is None:
        return bars, None
    return bars, np.asarray(snapped(ask.close, price) - snapped(bid.close, price))


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What is learned from: the features of every instrument, and the labelled rows in order of time.

    `step_ns` is the length of a bar.
    """

    pieces: tuple[FeatureTable, ...]
    samples: Samples
    step_ns: int


def build_training_set(
    name: str, experiment: Experiment, recipe: ModelRecipe, runner: ExperimentRunner, progress: Progress
) -> TrainingSet:
    """Return the training set of a candidate: features of checked bars, then labels.

    Raises DataDefect, BadInput when the data fails a check, naming column and rows, or gives nothing to learn from;
    ConfigError when the recipe does not fit what is traded.
    """
    planned, market = experiment.plan, experiment.market
    names = DEFAULT if recipe.features is None else recipe.features
    step = market.sources[0].step.ns
    open_when = {listing.id: listing.session for listing in market.listings}
    pieces = []
    for piece in read_histories(market, planned.venue, recipe):
        check_bars(piece.moments, piece.instrument, step, recipe.data, market.end, open_when[piece.instrument])
        made = compute_features(piece, names, recipe.barriers.bars)
        check_features(piece.moments.ts, made.names, made.values, piece.instrument, recipe.data, warmup=made.memory)
        pieces.append(made)
    if recipe.target == "direction":
        return TrainingSet(tuple(pieces), direction_samples(pieces, recipe), step)
    return TrainingSet(tuple(pieces), metalabel_samples(pieces, _primary(name, experiment, runner, progress)), step)


def _primary(name: str, experiment: Experiment, runner: ExperimentRunner, progress: Progress) -> Primary:
    """Run the strategy unfiltered, as a trial like any other, and return its trades."""
    planned, config = experiment.plan, experiment.plan.config
    if len(config.strategies) != 1 or not config.strategies[0].filtered:
        raise ConfigError("recipe.target was meta, allowed for a backtest of one strategy that is `filtered`")
    if config.lane is Lane.OPTIONS:
        raise ConfigError(
            "recipe.target was meta in the options lane, allowed in lanes whose trades are in what has bars"
        )
    alone = config.strategies[0].model_copy(update={"filtered": False})
    unfiltered = replace(planned, config=config.model_copy(update={"strategies": (alone,), "models": ()}))
    label = f"{name} unfiltered"
    record = runner.run(experiment, {label: ("primary", unfiltered)}, "", progress)[label]
    return Primary(
        instrument=tuple(record.names[code] for code in record.instruments.tolist()),
        side=record.sides,
        entries=record.entries,
        exits=record.exits,
        net=record.fractions,
    )


def store_features(training_set: TrainingSet, planned: Plan) -> dict[str, StoredFeatures]:
    """Append what is new of each instrument's features and return what the store then holds, by instrument.

    Each catalog and bar length has tables of its own below `state/features/`.

    Raises RunFailed when rows that are stored already were computed differently this time.
    """
    folder = home() / "state" / "features" / f"{resolve(planned.config.catalog).name}-{planned.config.bar}"
    store, versions = FeatureStore(folder), {}
    try:
        for piece in training_set.pieces:
            # What was computed before the set was warm depends on where the history began.
            name, ts, values = (
                piece.slice.instrument,
                piece.slice.moments.ts[piece.memory :],
                piece.values[piece.memory :],
            )
            stored = store.append(name, ts, piece.names, values, piece.code_sha256)
            versions[name] = StoredFeatures(version=stored.version, rows=stored.rows, sha256=stored.sha256)
    except RunFailed as error:
        raise RunFailed(f"{error}; where market data was corrected, move {folder} away and train again") from error
    return versions
