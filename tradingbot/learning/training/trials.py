# file: learning/training/trials.py
"""Trial rows: what a training tried, as rows of the trial ledger."""

from __future__ import annotations

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.experiments.experiment import Experiment
from tradingbot.core.experiments.trials.trial import Trial
from tradingbot.core.runtime.provenance import config_sha256
from tradingbot.core.runtime.runrecord import assets_of
from tradingbot.learning.models.artefact import DataProvenance
from tradingbot.learning.training.trainmodel import TrainingResult, TrainingTask


def search_trials(
    experiment: Experiment, label: str, task: TrainingTask, lesson: TrainingResult, who: str
) -> list[Trial]:
    """Return one row per setting that a lesson's search tried, with its net returns out of fold."""
    return [
        _trial(
            experiment,
            who,
            "search",
            f"{task.about.candidate} {label} trial {tried.number}",
            config_sha256(experiment.plan.config, task.recipe, dict(tried.settings), {"label": label}),
            task.about.learned,
            tried.trades,
            tried.days,
            tried.daily,
        )
        for tried in lesson.tried
    ]


def training_trial(
    experiment: Experiment,
    name: str,
    recipe: ModelRecipe,
    learned: DataProvenance,
    trades: int,
    days: Ints,
    daily: Floats,
    who: str,
) -> Trial:
    """Return the row of the training itself: what its summary shows of the walk forward, recipes are chosen by."""
    sha256 = config_sha256(experiment.plan.config, recipe)
    return _trial(experiment, who, "training", f"{name} walk forward", sha256, learned, trades, days, daily)


def _trial(
    experiment: Experiment,
    who: str,
    purpose: str,
    label: str,
    sha256: str,
    learned: DataProvenance,
    trades: int,
    days: Ints,
    daily: Floats,
) -> Trial:
    config, market = experiment.plan.config, experiment.market
    return Trial(
        who=who,
        purpose=purpose,
        label=label,
        lane=str(config.lane),
        strategy=", ".join(spec.path for spec in config.strategies),
        instruments=config.instruments,
        assets=assets_of(market, experiment.synthetic),
        bar=config.bar,
        start=market.start,
        end=market.end,
        config_sha256=sha256,
        code_sha256=learned.program_sha256,
        data_sha256=learned.data_sha256,
        trades=trades,
        days=days,
        returns=daily.astype(np.float32),
    )
