# file: tests/trainedhome.py
"""One home and one school for all tests of training that change nothing in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.learning.training.trainingfixture import DAY_NS, campus, enrolled, market, recipe, unheard, within
from tradingbot.core.experiments.candidate import Candidate
from tradingbot.learning.training.foldtrainer import FoldResult, FoldTrainer
from tradingbot.learning.training.trainmodel import TrainingResult


@dataclass(frozen=True)
class Term:
    """A school that has trained in three folds and on everything, with two trials of a search in each."""

    home: Path
    candidate: Candidate
    school: FoldTrainer
    taught: list[FoldResult]
    final: TrainingResult


@pytest.fixture(scope="session")
def term(tmp_path_factory: pytest.TempPathFactory) -> Term:
    home = campus(tmp_path_factory.mktemp("term") / "home", market(), recipe(search={"trials": 2}))
    with within(home):
        candidate, school = enrolled(home)
        taught, final = school.all(3, DAY_NS, unheard)
    return Term(home, candidate, school, taught, final)


@pytest.fixture
def here(term: Term) -> Iterator[Path]:
    """Be in the term's home."""
    with within(term.home):
        yield term.home
