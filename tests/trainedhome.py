# file: tests/trainedhome.py
"""One home and one trainer for all tests of training that change nothing in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.learning.training.trainingfixture import DAY_NS, campus, enrolled, market, recipe, unheard, within
from tradingbot.core.experiments.candidate import Candidate
from tradingbot.learning.training.foldtrainer import FoldResult, FoldTrainer
from tradingbot.learning.training.trainingresult import TrainingResult


@dataclass(frozen=True)
class Trained:
    """A trainer that has trained in three folds and on everything, with two trials of a search in each."""

    home: Path
    candidate: Candidate
    trainer: FoldTrainer
    folds: list[FoldResult]
    final: TrainingResult


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    home = campus(tmp_path_factory.mktemp("trained") / "home", market(), recipe(search={"trials": 2}))
    with within(home):
        candidate, trainer = enrolled(home)
        folds, final = trainer.train_all(3, DAY_NS, unheard)
    return Trained(home, candidate, trainer, folds, final)


@pytest.fixture
def here(trained: Trained) -> Iterator[Path]:
    """Be in the trained's home."""
    with within(trained.home):
        yield trained.home
