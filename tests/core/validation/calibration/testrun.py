# file: tests/core/validation/calibration/testrun.py
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tradingbot.core.validation.calibration.cells import Cell, SearchResult
from tradingbot.core.validation.calibration.record import EngineCell, NullCell
from tradingbot.core.validation.calibration.run import allowed, claims_of, median_of, null_cell, power_cell, share


def found(**fields: Any) -> SearchResult:
    known: dict[str, Any] = dict.fromkeys(("verdict", "adjusted_p", "thresholds", "own_p", "dsr"), False)
    known |= {"sharpe": 1.0, "profit_factor": 1.2, "trades": 800, "effective_trades": 700.0}
    return SearchResult(**(known | fields))


def cell(hits: int, n: int = 400, name: str = "iid") -> NullCell:
    return null_cell(Cell(name, 2), 100, [found(adjusted_p=number < hits) for number in range(n)])


def play(hits: int, edge: bool, n: int = 20) -> EngineCell:
    rates = null_cell(Cell("iid", 2), 100, [found(verdict=number < hits) for number in range(n)]).rates
    return EngineCell(
        name="play", title="a play", edge=edge, strategy="s", settings=2, searches=n, runs=2 * n, rates=rates,
        sharpe=None, profit_factor=None, trades=0.0, fees=0.0,
    )  # fmt: skip


def test_a_share_has_its_exact_bounds_and_what_is_undefined_is_no_part_of_a_median() -> None:
    assert (share(20, 400).rate, share(0, 0).rate) == (0.05, 0.0)
    assert (share(20, 400).low, share(20, 400).high) == pytest.approx((0.0308, 0.0762), abs=1e-4)
    assert (median_of([None, 1.0, 3.0]), median_of([None])) == (2.0, None)


@pytest.mark.parametrize(("n", "places", "most"), [(400, 1, 29), (400, 13, 34), (4000, 1, 228), (20, 1, 3), (1, 9, 1)])
def test_more_is_allowed_where_the_worst_of_more_places_is_looked_for(n: int, places: int, most: int) -> None:
    assert allowed(0.05, n, places) == most / n


def test_a_gate_of_exactly_its_level_rarely_exceeds_what_is_allowed() -> None:
    rng = np.random.default_rng(1)
    counts = rng.binomial(400, 0.05, (20_000, 10)).max(axis=1) / 400
    assert np.mean(counts > allowed(0.05, 400, 10)) <= 0.0228 + 0.003
    assert allowed(0.05, 0) == 1.0


def test_a_cell_of_noise_that_gets_through_too_often_is_named() -> None:
    claims = claims_of([cell(20), cell(60, name="ar1")], [], 0.05)
    assert [claim.holds for claim in claims] == [True, False, False]
    assert (claims[1].where, claims[1].value) == ("ar1-2y", 0.15)
    assert (claims[2].where, claims[2].value) == ("2 cells, 800 searches", 0.1)
    # Many cells a little above the level fail together only.
    claims = claims_of([cell(29, name=str(number)) for number in range(10)], [], 0.05)
    assert [claim.holds for claim in claims] == [True, True, False]


def test_promotions_in_the_engine_are_false_without_an_edge_and_missed_edges_break_a_claim() -> None:
    noise = [cell(20)]
    assert [claim.holds for claim in claims_of(noise, [play(20, edge=True)], 0.05)] == [True, True, True, True]
    assert [claim.holds for claim in claims_of(noise, [play(20, edge=False)], 0.05)] == [False, True, True]
    claim = claims_of([cell(0)], [play(10, edge=True)], 0.05)[-1]
    assert (claim.value, claim.limit, claim.holds) == (0.5, 0.2, False)


def test_a_cell_of_power_counts_every_rule() -> None:
    made = power_cell(Cell("t4", 4), 2.0, 100, [found(verdict=True, dsr=True), found(dsr=True, sharpe=2.0)])
    assert (made.name, made.kind, made.years, made.planted, made.sharpe) == ("t4-4y", "t4", 4, 2.0, 1.5)
    assert (made.rates.verdict.hits, made.rates.dsr.hits, made.rates.own_p.hits) == (1, 2, 0)
