# file: tests/core/runtime/testbarsource.py
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tradingbot.core.config.lanes import LaneVenue, Spread
from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.sessions import CONTINUOUS
from tradingbot.core.market.columns import Bars, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.barsource import BarSource, choose_source, find_sources, modelled_spread

PAIR, HOURLY = "EUR/USD.IDEALPRO", Step.parse("1h")
EURUSD: Any = load_listing(PAIR).instrument


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def flat(price: float, rows: int = 5) -> Bars:
    return bars_along(np.full(rows + 1, price), HOURLY)


def source(stage: Stage, step: Step = HOURLY) -> BarSource:
    return find_sources(stage.catalog, EURUSD, step)[0]


def test_real_sides_are_preferred_then_last_prices_then_midpoints(stage: Stage) -> None:
    for side, sides in (
        (PriceSide.MID, (PriceSide.MID,)),
        (PriceSide.LAST, (PriceSide.LAST,)),
        (PriceSide.BID, (PriceSide.LAST,)),
        (PriceSide.ASK, (PriceSide.BID, PriceSide.ASK)),
    ):
        stage.bars(PAIR, HOURLY, flat(1.1), side)
        found = source(stage)
        assert found.sides == sides
        assert found.real_spread is (len(sides) == 2)


def test_one_side_alone_is_not_enough_and_what_there_is_is_named(stage: Stage) -> None:
    stage.bars(PAIR, HOURLY, flat(1.1), PriceSide.BID)
    stage.bars("GBP/USD.IDEALPRO", Step.parse("5m"), bars_along([1.3, 1.3], Step.parse("5m")))
    with pytest.raises(BadInput) as failed:
        source(stage)
    assert str(failed.value) == (
        f"instruments: the catalog {stage.catalog.path} has no 1h bars of EUR/USD.IDEALPRO;"
        " it has EUR/USD.IDEALPRO 1h, GBP/USD.IDEALPRO 5m"
    )


def test_an_empty_catalog_has_no_bars(stage: Stage) -> None:
    with pytest.raises(BadInput, match=r"has no 1h bars of EUR/USD\.IDEALPRO; it has no bars$"):
        source(stage)


def test_a_bar_that_one_side_lacks_is_left_out_of_both(stage: Stage) -> None:
    bid, ask = flat(1.1), flat(1.2)
    stage.bars(PAIR, HOURLY, bid.take(np.array([0, 1, 3, 4])), PriceSide.BID)
    stage.bars(PAIR, HOURLY, ask.take(np.array([1, 2, 3])), PriceSide.ASK)
    middle, below, above = source(stage).read(MONDAY, MONDAY + 10 * HOUR)
    assert below is not None
    assert above is not None
    hours = [2 * HOUR + MONDAY, 4 * HOUR + MONDAY]
    assert middle.ts.tolist() == below.ts.tolist() == above.ts.tolist() == hours
    assert middle.close.round(6).tolist() == [1.15, 1.15]
    assert (below.close.tolist(), above.close.tolist()) == ([1.1, 1.1], [1.2, 1.2])


def test_sides_without_a_common_bar_are_no_bars(stage: Stage) -> None:
    stage.bars(PAIR, HOURLY, flat(1.1).take(slice(0, 2)), PriceSide.BID)
    stage.bars(PAIR, HOURLY, flat(1.2).take(slice(2, 4)), PriceSide.ASK)
    assert len(source(stage).read(MONDAY, MONDAY + 10 * HOUR)[0]) == 0


def test_a_reading_leaves_its_start_out_and_takes_its_end_in(stage: Stage) -> None:
    stage.bars(PAIR, HOURLY, flat(1.1))
    middle, bid, ask = source(stage).read(MONDAY + HOUR, MONDAY + 3 * HOUR)
    assert middle.ts.tolist() == [MONDAY + 2 * HOUR, MONDAY + 3 * HOUR]
    assert (bid, ask) == (None, None)


def test_the_period_of_two_sides_is_the_one_both_have(stage: Stage) -> None:
    stage.bars(PAIR, HOURLY, flat(1.1).take(slice(0, 4)), PriceSide.BID)
    stage.bars(PAIR, HOURLY, flat(1.2).take(slice(1, 5)), PriceSide.ASK)
    found = source(stage)
    assert (found.first, found.last) == (MONDAY + 2 * HOUR, MONDAY + 4 * HOUR)


@pytest.mark.parametrize(
    ("start", "end", "sides"),
    [
        (0, 40, (PriceSide.LAST,)),
        (10, 20, (PriceSide.BID, PriceSide.ASK)),
        # One bar is no reason to give the real spread up, two hours are.
        (9, 20, (PriceSide.BID, PriceSide.ASK)),
        (8, 20, (PriceSide.LAST,)),
        (10, 22, (PriceSide.LAST,)),
        (30, 40, (PriceSide.LAST,)),
    ],
)
def test_the_bars_that_cover_the_period_are_chosen_and_of_equal_ones_the_real_sides(
    stage: Stage, start: int, end: int, sides: tuple[PriceSide, ...]
) -> None:
    stage.bars(PAIR, HOURLY, flat(1.1, 40))
    for side in (PriceSide.BID, PriceSide.ASK):
        stage.bars(PAIR, HOURLY, flat(1.1, 20).take(slice(10, 20)), side)
    found = find_sources(stage.catalog, EURUSD, HOURLY)
    assert [source.sides for source in found] == [(PriceSide.BID, PriceSide.ASK), (PriceSide.LAST,)]
    assert choose_source(found, CONTINUOUS, MONDAY + start * HOUR, MONDAY + end * HOUR).sides == sides


@pytest.mark.parametrize(("start", "end", "hour"), [(0, 5, 5), (0, 2, 2), (2, 3, 3), (5, 9, None), (3, 400, 5)])
def test_the_last_close_of_a_period_is_found_however_far_back(
    stage: Stage, start: int, end: int, hour: int | None
) -> None:
    stage.bars(PAIR, HOURLY, flat(1.1))
    expected = None if hour is None else MONDAY + hour * HOUR
    assert source(stage).last_close(MONDAY + start * HOUR, MONDAY + end * HOUR) == expected


@pytest.mark.parametrize(("ticks", "bps", "half"), [(2, 0, 0.00005), (0, 1, 0.000055), (1, 0.1, 0.000025), (0, 0, 0)])
def test_the_modelled_spread_is_the_larger_of_ticks_and_basis_points_of_the_open(
    ticks: int, bps: float, half: float
) -> None:
    venue = LaneVenue(currency="USD", leverage=30, latency_ms=1, spread=Spread(ticks=ticks, bps=bps))
    assert modelled_spread(venue, flat(1.1, 2), 0.00005).round(9).tolist() == [half, half]
