# file: tests/core/market/testsyntheticpath.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.market.syntheticpath import Climate, ar1, generator, heavy, jumps, level, regimes, swings


@pytest.mark.parametrize("phi", [0.05, 0.9, 0.999, 0.99999])
def test_ar1_agrees_with_the_plain_loop(phi: float) -> None:
    shocks = generator(1, "test").standard_normal(5000)
    expected, last = [], 0.0
    for shock in shocks.tolist():
        last = phi * last + shock
        expected.append(last)
    assert ar1(shocks, phi).tolist() == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_a_level_halves_its_distance_in_its_half_life() -> None:
    followed = level(np.concatenate([[0.0], np.ones(40)]), 10)
    assert followed[[0, 10, 20]].tolist() == pytest.approx([0.0, 0.5, 0.75])


def test_shocks_have_unit_variance_and_fat_tails() -> None:
    shocks = heavy(generator(1, "test"), 200_000, 5.0)
    assert shocks.var() == pytest.approx(1, abs=0.05)
    assert np.mean(shocks**4) > 4


def test_squared_volatility_is_one_on_average_and_jumps_raise_it() -> None:
    climate = Climate(0.02)
    rng = generator(1, "test")
    calm = swings(rng, climate, heavy(rng, 200_000, 5.0), 48, np.zeros(200_000))
    assert np.mean(np.exp(2 * calm)) == pytest.approx(1, abs=0.1)
    hits = np.zeros(1000)
    hits[500] = 0.01
    quiet = swings(generator(2, "test"), climate, np.zeros(1000), 48, np.zeros(1000))
    shaken = swings(generator(2, "test"), climate, np.zeros(1000), 48, hits)
    assert (shaken - quiet)[[500, 501]].tolist() == pytest.approx([0.0, 0.7])


def test_jumps_come_as_often_as_said() -> None:
    leaps = jumps(generator(1, "test"), Climate(0.02, jump_days=5.0), 100_000, 48)
    assert np.count_nonzero(leaps) == pytest.approx(100_000 / 240, rel=0.15)


def test_regimes_cover_the_time_as_said() -> None:
    plan = regimes(generator(1, "test"), 288 * 2000, 288)
    assert np.mean(plan.trend != 0) == pytest.approx(0.5, abs=0.1)
    assert np.mean(plan.reverting == 0.75) == pytest.approx(0.33, abs=0.1)
    assert set(np.unique(plan.calm).tolist()) == {0.6, 1.0}
    assert (plan.trend[plan.start != 0] == plan.start[plan.start != 0]).all()
    assert (plan.trend[plan.crowding != 0] == plan.crowding[plan.crowding != 0]).all()


def test_streams_of_other_names_differ() -> None:
    one, same, other = (generator(1, name).random(3).tolist() for name in ("a", "a", "b"))
    assert one == same != other
