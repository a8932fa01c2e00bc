# file: tests/core/validation/calibration/testmeasure.py
"""The calibration in small, in every build. Its lines were written before its results were seen, and do not move.

100 searches without an edge, 20 in each kind. A gate that lets through 5 % stays within 11 of 100 with a chance of
99.6 %, one that lets through 20 % with a chance of 1.3 % (binomial). With a true Sharpe ratio of 4 the correction alone
is to see at least 14 of 20, which one that sees half of them does with a chance of 5.8 %.
"""

from __future__ import annotations

import pytest

from tradingbot.core.validation.calibration.cells import CELLS, cells_named
from tradingbot.core.validation.calibration.measure import Batch, Found, batches, measure

MOST_FALSE = 11
LEAST_SEEN = 14
SEED, TRIALS, RESAMPLES = 20_260_101, 40, 199


@pytest.fixture(scope="module")
def noise() -> list[Found]:
    cells = [cell for cell in CELLS if cell.years == 2]
    jobs = batches(cells, (0.0,), 20, 20, TRIALS, RESAMPLES, SEED)
    return [found for job in jobs.values() for found in measure(job)]


@pytest.fixture(scope="module")
def edges() -> list[Found]:
    return measure(Batch(cells_named(["iid-2y"])[0], 4.0, 0, 20, TRIALS, RESAMPLES, SEED))


def test_the_correction_alone_lets_through_no_more_noise_than_its_level(noise: list[Found]) -> None:
    assert len(noise) == 100
    assert sum(found.adjusted_p for found in noise) <= MOST_FALSE


def test_the_verdict_lets_through_no_more_noise_than_its_level(noise: list[Found]) -> None:
    assert sum(found.verdict for found in noise) <= MOST_FALSE


def test_a_gate_without_the_other_trials_would_not_pass_this_line(noise: list[Found]) -> None:
    assert sum(found.own_p for found in noise) > MOST_FALSE


def test_the_correction_sees_a_large_edge(edges: list[Found]) -> None:
    assert sum(found.adjusted_p for found in edges) >= LEAST_SEEN


def test_the_verdict_sees_a_large_edge_in_some_and_never_without_its_rules(edges: list[Found]) -> None:
    assert any(found.verdict for found in edges)
    assert all(found.adjusted_p and found.thresholds for found in edges if found.verdict)


def test_a_search_depends_on_its_number_and_not_on_its_batch() -> None:
    cell = cells_named(["iid-2y"])[0]
    whole = measure(Batch(cell, 0.0, 0, 4, 5, 100, 1))
    parts = [*measure(Batch(cell, 0.0, 0, 1, 5, 100, 1)), *measure(Batch(cell, 0.0, 1, 3, 5, 100, 1))]
    assert whole == parts
    assert measure(Batch(cell, 0.0, 0, 1, 5, 100, 2)) != whole[:1]


def test_batches_hold_every_search_once() -> None:
    jobs = batches(CELLS[:2], (1.0, 2.0), 25, 10, 5, 100, 1)
    for edge in (1.0, 2.0):
        for cell in CELLS[:2]:
            mine = [job for job in jobs.values() if job.cell == cell and job.planted == edge]
            numbers = [number for job in mine for number in range(job.first, job.first + job.count)]
            assert numbers == list(range(25))
