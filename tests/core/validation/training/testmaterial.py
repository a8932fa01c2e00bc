# file: tests/core/validation/training/testmaterial.py
from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.core.validation.training.campus import BARS, HOUR, MONDAY, market
from tradingbot.core.errors import ConfigError
from tradingbot.core.market.arrays import Bars
from tradingbot.core.runtime.costs import round_trips
from tradingbot.core.validation.training.material import slices_of

if TYPE_CHECKING:
    from tests.core.validation.training.conftest import Term


def test_a_slice_is_the_whole_market_as_a_strategy_sees_it(term: Term, here: Path) -> None:
    del here
    (found,) = slices_of(term.school.market, term.school.planned.venue, term.school.recipe)
    written = market()
    assert len(found.moments.ts) == BARS
    assert all(np.array_equal(getattr(found.bars, item.name), getattr(written, item.name)) for item in fields(Bars))
    assert (found.price_digits, found.size_digits) == (1, 3)
    assert np.isnan(found.moments.spread).all()
    assert np.isnan(found.moments.leader).all()


def test_funding_is_known_from_the_first_settlement_in_the_period_on(term: Term, here: Path) -> None:
    del here
    (found,) = slices_of(term.school.market, term.school.planned.venue, term.school.recipe)
    known = np.isfinite(found.moments.funding)
    assert 0 < int(np.argmax(known)) <= 10
    assert known[int(np.argmax(known)) :].all()


def test_the_cost_is_that_of_a_round_trip_on_the_lane(term: Term, here: Path) -> None:
    del here
    school = term.school
    (found,) = slices_of(school.market, school.planned.venue, school.recipe)
    assert found.cost == round_trips(school.market, school.planned.venue)["BTCUSDT-LINEAR.BYBIT"]
    assert 0.0005 < found.cost < 0.01


def test_nothing_outside_the_markets_period_is_read(term: Term, here: Path) -> None:
    del here
    some = replace(term.school.market, start=MONDAY + 100 * HOUR, end=MONDAY + 200 * HOUR)
    (found,) = slices_of(some, term.school.planned.venue, term.school.recipe)
    assert found.moments.ts[0] >= MONDAY + 100 * HOUR
    assert found.moments.ts[-1] <= MONDAY + 200 * HOUR
    assert 99 <= len(found.moments.ts) <= 101


def test_a_leader_that_trades_is_read_and_another_refused(term: Term, here: Path) -> None:
    del here
    school = term.school
    led = school.recipe.model_copy(update={"leader": "BTCUSDT-LINEAR.BYBIT"})
    (found,) = slices_of(school.market, school.planned.venue, led)
    assert np.isnan(found.moments.leader[0])
    # Of the leader the bar that closed before this one did.
    assert np.array_equal(found.moments.leader[1:], found.moments.close[:-1])
    with pytest.raises(ConfigError, match=r"recipe.leader was ETH, allowed are the run's instruments: BTCUSDT-LINEAR"):
        slices_of(school.market, school.planned.venue, school.recipe.model_copy(update={"leader": "ETH"}))
