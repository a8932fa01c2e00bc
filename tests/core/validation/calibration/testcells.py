# file: tests/core/validation/calibration/testcells.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.effectivetrades import effective_trades
from tradingbot.core.time import DAY
from tradingbot.core.validation.calibration.cells import (
    CELLS,
    DAYS_PER_YEAR,
    Batch,
    Cell,
    SearchResult,
    batches,
    cells_named,
    measure,
    simulated_search,
)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(CELLS), st.integers(0, 2**32), st.sampled_from([0.0, 2.0]))
def test_days_trades_and_fractions_are_one_account(cell: Cell, seed: int, planted: float) -> None:
    found = simulated_search(cell, 3, planted, np.random.default_rng(seed)).evidence
    equity = 10_000 * np.concatenate([[1.0], np.cumprod(1 + found.returns)])
    for day in range(0, len(found.days), 97):
        booked = found.pnl[found.exits <= found.days[day]].sum()
        assert equity[day + 1] == pytest.approx(10_000 + booked)
    before = np.array([10_000 + found.pnl[found.exits <= at].sum() for at in found.entries])
    assert found.fractions == pytest.approx(found.pnl / before)
    assert (found.exits > found.entries).all()
    assert (np.diff(found.entries) >= 0).all()


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_cell_has_its_days_and_500_effective_trades(cell: Cell) -> None:
    found = simulated_search(cell, 2, 0.0, np.random.default_rng(5)).evidence
    assert len(found.days) == cell.years * DAYS_PER_YEAR
    assert len(found.pnl) == cell.bets * cell.years * cell.size
    assert (np.diff(found.days) == DAY).all()
    assert effective_trades(found.entries, found.exits, found.fractions, found.instruments).count > 500


def test_the_best_by_sharpe_ratio_is_handed_in_and_all_others_are_in_the_ledger() -> None:
    found = simulated_search(Cell("iid", 2), 20, 0.0, np.random.default_rng(1))
    ratios = [returns.mean() / returns.std() for _, returns in found.rivals]
    assert len(ratios) == 19
    assert found.evidence.returns.mean() / found.evidence.returns.std() > max(ratios)


@pytest.mark.parametrize("kind", ["iid", "t4", "clustered", "correlated"])
@pytest.mark.parametrize("planted", [1.0, 4.0])
def test_the_planted_trial_has_the_planted_ratio(kind: str, planted: float) -> None:
    (cell,) = (cell for cell in CELLS if cell.name == f"{kind}-4y")
    ratios = []
    for seed in range(60):
        returns = simulated_search(cell, 2, planted, np.random.default_rng(seed)).evidence.returns
        ratios.append(returns.mean() / returns.std() * np.sqrt(DAYS_PER_YEAR))
    # A ratio over four years has an error of a half, and the mean of 60 of them one of 0.065.
    assert np.mean(ratios) == pytest.approx(planted, abs=0.26)


def test_every_kind_has_the_dependence_it_is_named_for() -> None:
    rng = np.random.default_rng(3)
    ar1 = simulated_search(Cell("ar1", 4, 600), 1, 0.0, rng).evidence.fractions
    assert np.corrcoef(ar1[1:], ar1[:-1])[0, 1] == pytest.approx(0.3, abs=0.08)
    clustered = simulated_search(Cell("clustered", 4, 400, 5), 1, 0.0, rng).evidence.fractions.reshape(-1, 5)
    assert np.corrcoef(clustered[:, 0], clustered[:, 4])[0, 1] == pytest.approx(0.8, abs=0.05)
    rivals = simulated_search(Cell("correlated", 4), 3, 0.0, rng).rivals
    assert np.corrcoef(rivals[0][1], rivals[1][1])[0, 1] == pytest.approx(0.5, abs=0.1)
    tails = simulated_search(Cell("t4", 4), 1, 0.0, rng).evidence.fractions
    assert np.abs(tails).max() / tails.std() > 5


def test_cells_are_named_by_name_or_kind() -> None:
    assert cells_named([]) == CELLS
    assert [cell.name for cell in cells_named(["ar1", "iid-4y"])] == ["iid-4y", "ar1-2y", "ar1-4y"]
    with pytest.raises(BadInput, match=r"^--cells has 'walk', allowed are ar1, ar1-2y, .*t4-4y$"):
        cells_named(["walk"])


MOST_FALSE, LEAST_SEEN = 11, 14
SEED, TRIALS, RESAMPLES = 20_260_101, 40, 199


@pytest.fixture(scope="module")
def noise() -> list[SearchResult]:
    cells = [cell for cell in CELLS if cell.years == 2]
    jobs = batches(cells, (0.0,), 20, 20, TRIALS, RESAMPLES, SEED)
    return [found for job in jobs.values() for found in measure(job)]


@pytest.fixture(scope="module")
def edges() -> list[SearchResult]:
    return measure(Batch(cells_named(["iid-2y"])[0], 4.0, 0, 20, TRIALS, RESAMPLES, SEED))


def test_neither_verdict_nor_correction_lets_more_noise_through_than_its_level(noise: list[SearchResult]) -> None:
    assert len(noise) == 100
    assert sum(found.adjusted_p for found in noise) <= MOST_FALSE
    assert sum(found.verdict for found in noise) <= MOST_FALSE
    # A test that does not know of the other trials would not pass this line.
    assert sum(found.own_p for found in noise) > MOST_FALSE


def test_a_large_edge_is_seen_by_the_correction_and_in_some_by_the_verdict(edges: list[SearchResult]) -> None:
    assert sum(found.adjusted_p for found in edges) >= LEAST_SEEN
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
