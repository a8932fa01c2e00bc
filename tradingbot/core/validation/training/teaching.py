# file: core/validation/training/teaching.py
"""Train by a recipe in every fold of a walk forward, and once more on everything, each in a process of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

from tradingbot.core.config.recipe import ModelRecipe
from tradingbot.core.errors import BadInput
from tradingbot.core.folds.audit import audit
from tradingbot.core.folds.purge import keep
from tradingbot.core.folds.span import Span
from tradingbot.core.folds.walkforward import walk_forward
from tradingbot.core.parallel.jobs import run_jobs
from tradingbot.core.parallel.store import Store
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.runtime.provenance import config_sha256
from tradingbot.core.validation.executor import Executor
from tradingbot.core.validation.training.counting import search_trials
from tradingbot.core.validation.training.course import Course
from tradingbot.core.validation.walk import midnights, whole_days
from tradingbot.learning.manifest import Learned
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.recipes.lesson import About, Lesson, Task, learn

__all__ = ["School", "Taught"]

type Progress = Callable[[int, int], None]

_FINAL = "final"
_LEAST = 200


@dataclass(frozen=True, slots=True)
class Taught:
    """One fold: when it trained and tested, on how many rows, how many were purged, and what came of it."""

    number: int
    train: Span
    test: Span
    rows: int
    purged: int
    tested: Samples
    lesson: Lesson


@dataclass(frozen=True, slots=True)
class School:
    """Everything a training needs besides its rows: a candidate's name, plan and recipe, and who runs the jobs."""

    name: str
    planned: Plan
    market: Market
    synthetic: bool
    recipe: ModelRecipe
    course: Course
    learned: Learned
    executor: Executor

    def folds(self, count: int, embargo: int, progress: Progress) -> list[Taught]:
        """Train in every fold on what ended `embargo` ns before its test.

        A label that reaches into that time is purged by its span; `audit` proves it independently. Every trial of a
        search is in the ledger before its lesson is used.

        Raises
        ------
        BadInput
            When a fold has too little to train on.
        """
        return self._taught(self._cuts(count, embargo), {}, progress)[0]

    def all(self, count: int, embargo: int, progress: Progress) -> tuple[list[Taught], Lesson]:
        """Train in every fold, and once on everything; errors as in `folds`."""
        whole = replace(self._task(self.course.samples, None), explain=True)
        taught, lessons = self._taught(self._cuts(count, embargo), {_FINAL: whole}, progress)
        return taught, lessons[_FINAL]

    @property
    def memory(self) -> int:
        """How many bars the features remember."""
        return self.course.pieces[0].memory

    def _cuts(self, count: int, embargo: int) -> list[_Cut]:
        found = []
        for fold in walk_forward(*whole_days(self.market.start, self.market.end), count, purge=0, embargo=embargo):
            train, test = midnights([fold.train, fold.test])
            found.append(_cut(self.course.samples, fold.number, train, test, embargo))
        return found

    def _taught(
        self, cuts: Sequence[_Cut], more: Mapping[str, Task], progress: Progress
    ) -> tuple[list[Taught], dict[str, Lesson]]:
        tasks = {f"fold {cut.number}": self._task(cut.rows, cut.tested) for cut in cuts}
        lessons = self._lessons(tasks | dict(more), progress)
        taught = [
            Taught(
                cut.number, cut.train, cut.test, len(cut.rows), cut.purged, cut.tested, lessons[f"fold {cut.number}"]
            )
            for cut in cuts
        ]
        return taught, lessons

    def _task(self, rows: Samples, tested: Samples | None) -> Task:
        config, first = self.planned.config, self.course.pieces[0]
        span = {"start": int(rows.starts.min()), "end": int(rows.ends.max()), "rows": len(rows)}
        about = About(
            candidate=self.name,
            lane=str(config.lane),
            bar=config.bar,
            instruments=config.instruments,
            features=first.names,
            feature_code_sha256=first.code_sha256,
            learned=self.learned.model_copy(update=span),
        )
        embargo = self.recipe.embargo_bars * self.course.step_ns
        return Task(rows, tested, self.recipe, about, embargo, config.lane.days_per_year, config.seed)

    def _lessons(self, tasks: Mapping[str, Task], progress: Progress) -> dict[str, Lesson]:
        executor = self.executor
        keys = {f"{label} [{_content(task)[:16]}]": label for label, task in tasks.items()}

        def landed(key: str, lesson: Lesson) -> None:
            label = keys[key]
            for trial in search_trials(
                self.planned, self.market, self.synthetic, label, tasks[label], lesson, executor.who
            ):
                executor.ledger.record(trial, executor.now())

        found = run_jobs(
            learn,
            {key: tasks[label] for key, label in keys.items()},
            workers=executor.workers,
            cluster=executor.cluster,
            store=None if executor.store is None else Store[Lesson](executor.store.folder),
            progress=progress,
            landed=landed,
        )
        return {keys[key]: lesson for key, lesson in found.items()}


@dataclass(frozen=True, slots=True)
class _Cut:
    number: int
    train: Span
    test: Span
    rows: Samples
    purged: int
    tested: Samples


def _cut(samples: Samples, number: int, train: Span, test: Span, embargo: int) -> _Cut:
    early = samples.starts < test.start
    forbidden = [Span(max(0, test.start - embargo), test.end)]
    clean = early & keep(samples.starts, samples.ends, forbidden, 0)
    rows = samples.take(clean)
    audit(rows.starts, rows.ends, forbidden, 0, f"fold {number}")
    labelled = int(np.count_nonzero(rows.labelled))
    if labelled < _LEAST:
        raise BadInput(
            f"fold {number}: labelled rows to train on were {labelled}, allowed are {_LEAST} or more;"
            " a longer period or fewer folds give more, and decisions that are made more often"
        )
    tested = samples.take((samples.starts >= test.start) & (samples.starts < test.end))
    return _Cut(number, train, test, rows, int(np.count_nonzero(early & ~clean)), tested)


def _content(task: Task) -> str:
    """Name a task by all that its lesson depends on."""
    about = asdict(task.about) | {"learned": task.about.learned.model_dump()}
    terms = {"about": about, "embargo": task.embargo, "days_per_year": task.days_per_year}
    digest = hashlib.sha256(config_sha256(task.recipe, terms, {"seed": task.seed, "explain": task.explain}).encode())
    for part in (task.train, task.test):
        for column in () if part is None else fields(part):
            values = np.ascontiguousarray(getattr(part, column.name))
            digest.update(f"{column.name} {values.shape} ".encode() + values.tobytes())
        digest.update(b"|")
    return digest.hexdigest()
