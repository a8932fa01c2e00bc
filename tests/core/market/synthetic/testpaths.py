# file: tests/core/market/synthetic/testpaths.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.synthetic import paths


@pytest.mark.parametrize("phi", [0.05, 0.9, 0.999, 0.99999])
def test_ar1_agrees_with_the_plain_loop(phi: float) -> None:
    shocks = paths.generator(1, "test").standard_normal(5000)
    expected, last = [], 0.0
    for shock in shocks.tolist():
        last = phi * last + shock
        expected.append(last)
    assert paths.ar1(shocks, phi).tolist() == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_a_level_halves_its_distance_in_its_half_life() -> None:
    followed = paths.decay_towards(np.concatenate([[0.0], np.ones(40)]), 10)
    assert followed[[0, 10, 20]].tolist() == pytest.approx([0.0, 0.5, 0.75])


def test_shocks_have_unit_variance_and_fat_tails() -> None:
    shocks = paths.student_t_shocks(paths.generator(1, "test"), 200_000, 5.0)
    assert shocks.var() == pytest.approx(1, abs=0.05)
    assert np.mean(shocks**4) > 4


def test_squared_volatility_is_one_on_average_and_jumps_raise_it() -> None:
    model = paths.VolatilityModel(0.02)
    rng = paths.generator(1, "test")
    calm = paths.log_volatility(rng, model, paths.student_t_shocks(rng, 200_000, 5.0), 48, np.zeros(200_000))
    assert np.mean(np.exp(2 * calm)) == pytest.approx(1, abs=0.1)
    hits = np.zeros(1000)
    hits[500] = 0.01
    quiet = paths.log_volatility(paths.generator(2, "test"), model, np.zeros(1000), 48, np.zeros(1000))
    shaken = paths.log_volatility(paths.generator(2, "test"), model, np.zeros(1000), 48, hits)
    assert (shaken - quiet)[[500, 501]].tolist() == pytest.approx([0.0, 0.7])


def test_jumps_and_regimes_come_as_often_as_stated() -> None:
    leaps = paths.jumps(paths.generator(1, "test"), paths.VolatilityModel(0.02, jump_days=5.0), 100_000, 48)
    assert np.count_nonzero(leaps) == pytest.approx(100_000 / 240, rel=0.15)
    plan = paths.regime_path(paths.generator(1, "test"), 288 * 2000, 288)
    assert np.mean(plan.trend != 0) == pytest.approx(0.5, abs=0.1)
    assert np.mean(plan.reverting == 0.75) == pytest.approx(0.33, abs=0.1)
    assert set(np.unique(plan.calm).tolist()) == {0.6, 1.0}
    assert (plan.trend[plan.start != 0] == plan.start[plan.start != 0]).all()
    assert (plan.trend[plan.crowding != 0] == plan.crowding[plan.crowding != 0]).all()


def test_streams_of_other_names_differ() -> None:
    one, same, other = (paths.generator(1, name).random(3).tolist() for name in ("a", "a", "b"))
    assert one == same != other


def test_prices_go_to_the_tick_asked_for_and_never_to_zero() -> None:
    grid = paths.TickGrid(load_listing("EUR/USD.IDEALPRO").instrument)
    price = np.array([1.10002, 1.10003, 1.10005, 0.0])
    assert grid.price(price).tolist() == [1.1, 1.10005, 1.10005, 0.00005]
    assert grid.price(price, -1).tolist() == [1.1, 1.1, 1.10005, 0.00005]
    assert grid.price(price, 1).tolist() == [1.10005, 1.10005, 1.10005, 0.00005]
    coarse = paths.TickGrid(load_listing("SUIUSDT-LINEAR.BYBIT").instrument)
    assert coarse.size(np.array([3.0, 26.0])).tolist() == [10.0, 30.0]


def test_ranges_have_the_size_of_a_brownian_path() -> None:
    n, sigma = 50_000, 0.001
    path = np.concatenate([[0.0], np.cumsum(sigma * paths.generator(1, "test").standard_normal(n))])
    made = paths.bars(paths.generator(2, "test"), np.arange(n), path[:-1], path[1:], np.full(n, sigma), np.ones(n))
    # The expected range of Brownian motion is sigma sqrt(8 / pi); independent bridges for high and low are within 5 %.
    assert np.log(made.high / made.low).mean() == pytest.approx(sigma * np.sqrt(8 / np.pi), rel=0.05)
    onto = paths.on_ticks(made, paths.TickGrid(load_listing("EUR/USD.IDEALPRO").instrument))
    assert (onto.low <= np.minimum(onto.open, onto.close)).all()
    assert (onto.high >= np.maximum(onto.open, onto.close)).all()


def test_volume_grows_with_activity_and_with_the_move() -> None:
    calm, busy, moved = (
        paths.volumes(paths.generator(1, "test"), 100.0, np.full(5000, activity), np.full(5000, move)).mean()
        for activity, move in ((1.0, 1.0), (2.0, 1.0), (1.0, 3.0))
    )
    assert busy == pytest.approx(2 * calm)
    assert moved > 1.5 * calm
