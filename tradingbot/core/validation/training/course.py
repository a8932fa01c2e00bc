# file: core/validation/training/course.py
"""Read, check, compute and label: everything that is learned from, before anything is learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tradingbot.core.config.recipe import ModelRecipe
from tradingbot.core.errors import ConfigError
from tradingbot.core.lane import Lane
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.validation.executor import Executor
from tradingbot.core.validation.training.material import slices_of
from tradingbot.learning.datachecks import check_bars, check_features
from tradingbot.learning.datasets import Featured, featured
from tradingbot.learning.features.catalogue import DEFAULT
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.recipes.direction import direction_samples
from tradingbot.learning.recipes.metalabel import Primary, metalabel_samples

__all__ = ["Course", "course_of"]

type Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Course:
    """What is learned from: the features of every instrument, and the labelled rows in order of time.

    `step_ns` is the length of a bar.
    """

    pieces: tuple[Featured, ...]
    samples: Samples
    step_ns: int


def course_of(
    name: str, planned: Plan, market: Market, recipe: ModelRecipe, executor: Executor, progress: Progress
) -> Course:
    """Return the course of a candidate.

    Raises
    ------
    DataDefect, BadInput
        When the data fails a check, naming column and rows, or gives nothing to learn from.
    ConfigError
        When the recipe does not fit what is traded.
    """
    names = DEFAULT if recipe.features is None else recipe.features
    step = market.sources[0].step.ns
    open_when = {listing.id: listing.session for listing in market.listings}
    pieces = []
    for piece in slices_of(market, planned.venue, recipe):
        check_bars(piece.moments, piece.instrument, step, recipe.data, market.end, open_when[piece.instrument])
        made = featured(piece, names, recipe.barriers.bars)
        check_features(piece.moments.ts, made.names, made.values, piece.instrument, recipe.data, warmup=made.memory)
        pieces.append(made)
    if recipe.target == "direction":
        return Course(tuple(pieces), direction_samples(pieces, recipe), step)
    return Course(tuple(pieces), metalabel_samples(pieces, _primary(name, planned, executor, progress)), step)


def _primary(name: str, planned: Plan, executor: Executor, progress: Progress) -> Primary:
    """Run the strategy unfiltered, as a trial like any other, and return its trades."""
    config = planned.config
    if len(config.strategies) != 1 or not config.strategies[0].filtered:
        raise ConfigError("recipe.target was meta, allowed for a backtest of one strategy that is `filtered`")
    if config.lane is Lane.OPTIONS:
        raise ConfigError(
            "recipe.target was meta in the options lane, allowed in lanes whose trades are in what has bars"
        )
    alone = config.strategies[0].model_copy(update={"filtered": False})
    unfiltered = replace(planned, config=config.model_copy(update={"strategies": (alone,), "models": ()}))
    label = f"{name} unfiltered"
    record = executor.run({label: ("primary", unfiltered)}, "", progress)[label]
    return Primary(
        instrument=tuple(record.names[code] for code in record.instruments.tolist()),
        side=record.sides,
        entries=record.entries,
        exits=record.exits,
        net=record.fractions,
    )
