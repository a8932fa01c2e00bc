# file: tests/core/market/testsyntheticbars.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.market.instruments import load
from tradingbot.core.market.syntheticbars import Grid, bars, on_grid, volumes
from tradingbot.core.market.syntheticpath import generator


def test_prices_go_to_the_tick_asked_for_and_never_to_zero() -> None:
    grid = Grid(load("EUR/USD.IDEALPRO").instrument)
    price = np.array([1.10002, 1.10003, 1.10005, 0.0])
    assert grid.price(price).tolist() == [1.1, 1.10005, 1.10005, 0.00005]
    assert grid.price(price, -1).tolist() == [1.1, 1.1, 1.10005, 0.00005]
    assert grid.price(price, 1).tolist() == [1.10005, 1.10005, 1.10005, 0.00005]
    assert Grid(load("SUIUSDT-LINEAR.BYBIT").instrument).size(np.array([3.0, 26.0])).tolist() == [10.0, 30.0]


def test_ranges_have_the_size_of_a_brownian_path() -> None:
    n, sigma = 50_000, 0.001
    path = np.concatenate([[0.0], np.cumsum(sigma * generator(1, "test").standard_normal(n))])
    made = bars(generator(2, "test"), np.arange(n), path[:-1], path[1:], np.full(n, sigma), np.ones(n))
    # The expected range of Brownian motion is sigma sqrt(8 / pi); independent bridges for high and low are within 5 %.
    assert np.log(made.high / made.low).mean() == pytest.approx(sigma * np.sqrt(8 / np.pi), rel=0.05)
    onto = on_grid(made, Grid(load("EUR/USD.IDEALPRO").instrument))
    assert (onto.low <= np.minimum(onto.open, onto.close)).all()
    assert (onto.high >= np.maximum(onto.open, onto.close)).all()


def test_volume_grows_with_activity_and_with_the_move() -> None:
    calm, busy, moved = (
        volumes(generator(1, "test"), 100.0, np.full(5000, activity), np.full(5000, move)).mean()
        for activity, move in ((1.0, 1.0), (2.0, 1.0), (1.0, 3.0))
    )
    assert busy == pytest.approx(2 * calm)
    assert moved > 1.5 * calm
