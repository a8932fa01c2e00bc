# file: core/validation/training/enrolling.py
"""Get a candidate's training ready: its market read, checked, made into features, stored and labelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tradingbot.core.runtime.market import Market
from tradingbot.core.validation.candidate import Candidate
from tradingbot.core.validation.executor import Executor
from tradingbot.core.validation.training.course import course_of
from tradingbot.core.validation.training.storing import stored
from tradingbot.core.validation.training.teaching import School
from tradingbot.learning.manifest import Learned

__all__ = ["enrol"]

type Stages = Callable[[str], Callable[[int, int], None]]


def enrol(
    candidate: Candidate,
    market: Market,
    synthetic: bool,
    hashes: Mapping[str, str],
    executor: Executor,
    stage: Stages,
) -> School:
    """Return the school of a candidate with a model recipe; errors as in `course_of` and `stored`.

    `market` and `hashes` are those of its plan.
    """
    planned, recipe = candidate.plan, candidate.model_recipe
    course = course_of(candidate.id, planned, market, recipe, executor, stage(f"{candidate.id}: reading and labelling"))
    learned = Learned(
        start=market.start,
        end=market.end,
        rows=len(course.samples),
        stored=stored(course, planned),
        data_sha256=hashes["data"],
        program_sha256=hashes["program"],
    )
    return School(candidate.id, planned, market, synthetic, recipe, course, learned, executor)
