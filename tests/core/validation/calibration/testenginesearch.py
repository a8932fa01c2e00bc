# file: tests/core/validation/calibration/testenginesearch.py
from __future__ import annotations

from dataclasses import replace

import pytest

from tradingbot.core.validation.calibration.enginesearch import (
    SCENARIOS,
    EngineJob,
    EngineSearchResult,
    engine_jobs,
    engine_search,
    settings_of,
)

HOURS = 1500


@pytest.fixture(scope="module")
def searches() -> dict[str, EngineSearchResult]:
    return {play.name: engine_search(EngineJob(play, 0, 2, HOURS, 100, 7)) for play in SCENARIOS}


def test_every_run_is_in_the_ledger_and_pays_fees_and_only_a_planted_edge_shows(
    searches: dict[str, EngineSearchResult],
) -> None:
    for found in searches.values():
        assert found.runs == 2
        assert found.fees > 0
        assert found.result.trades > 20
    assert (searches["reversion"].result.sharpe or 0) > 4
    assert searches["reversion"].result.adjusted_p
    for name in ("walk, trend", "walk, reversion", "shifted"):
        assert (searches[name].result.sharpe or 0) < 4
        assert not searches[name].result.verdict


def test_a_search_can_be_repeated(searches: dict[str, EngineSearchResult]) -> None:
    play = SCENARIOS[1]
    assert engine_search(EngineJob(play, 0, 2, HOURS, 100, 7)) == searches[play.name]


def test_jobs_name_every_search_once() -> None:
    jobs = engine_jobs(3, 6, HOURS, 100, 7)
    assert len(jobs) == 3 * len(SCENARIOS)
    assert {replace(job, number=0) for job in jobs.values()} == set(engine_jobs(1, 6, HOURS, 100, 7).values())


@pytest.mark.parametrize("strategy", sorted({play.strategy for play in SCENARIOS}))
def test_settings_are_spread_over_the_grid_and_distinct(strategy: str) -> None:
    whole, some = settings_of(strategy, 24), settings_of(strategy, 6)
    assert len(whole) == len({str(values) for values in whole}) == 24
    assert len(some) == 6
    assert all(values in whole for values in some)
