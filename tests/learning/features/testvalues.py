# file: tests/learning/features/testvalues.py
from __future__ import annotations

import math

import numpy as np
import pytest

from tests.learning.features.oracle import ORACLE
from tests.learning.features.paths import HOUR, changed, made, market, names_of
from tradingbot.core.market.arrays import Floats
from tradingbot.learning.features.catalogue import ALL, feature
from tradingbot.learning.moments import Moments


@pytest.mark.parametrize("word", ALL)
@pytest.mark.parametrize("seed", range(4))
def test_every_value_is_what_its_definition_gives(word: str, seed: int) -> None:
    moments = market(seed)
    for name in names_of(word):
        told, memory = made([name]).fold(moments)[:, 0], feature(name).memory
        for last in range(memory, len(moments) + 1):
            plain = ORACLE[word](moments.take(slice(last - memory, last)), *feature(name).windows)
            assert told[last - 1] == pytest.approx(plain, rel=1e-9, abs=1e-9), (name, last)


def _bars(close: list[float], volume: list[float] | None = None) -> Moments:
    level, none = np.array(close), np.full(len(close), np.nan)
    sizes = np.ones(len(close)) if volume is None else np.array(volume)
    return Moments(HOUR * np.arange(len(close)), level, level, level, level, sizes, none, none, none)


def _last(name: str, moments: Moments) -> float:
    told: Floats = made([name]).fold(moments)
    return float(told[-1, 0])


def test_the_rsi_is_cutlers_two_up_and_one_down_is_two_thirds() -> None:
    assert _last("rsi 3", _bars([100, 101, 100, 101])) == pytest.approx(2 / 3)


def test_a_straight_way_is_efficient_and_a_round_trip_is_not() -> None:
    assert _last("efficiency 3", _bars([100, 101, 102, 103])) == 1
    assert _last("efficiency 4", _bars([100, 101, 102, 101, 100])) == 0


def test_volume_in_rising_bars_less_that_in_falling_ones_is_the_flow() -> None:
    assert _last("flow 3", _bars([100, 101, 100, 100], [9, 6, 2, 4])) == pytest.approx((6 - 2) / 12)


def test_a_bar_without_volume_in_a_window_with_volume_surprises_finitely() -> None:
    assert _last("surprise 4", _bars([100] * 4, [1, 1, 1, 0])) == pytest.approx(-math.log(2))


def test_a_price_that_bounces_over_a_spread_of_20_points_shows_it_to_roll() -> None:
    half = 10e-4
    bounces = np.random.default_rng(5).choice([-half, half], 4000)
    close = np.round(10_000 * np.exp(bounces), 2).tolist()
    assert _last("roll 3000", _bars(close)) == pytest.approx(20, rel=0.05)


def test_friday_ends_on_the_weekend_since_a_bar_counts_by_its_close() -> None:
    saturday = 1_704_499_200_000_000_000
    moments = _bars([100, 100])
    for shift, weekend in ((-HOUR, 0), (0, 1), (47 * HOUR, 1), (48 * HOUR, 0)):
        now = Moments(np.array([0, saturday + shift]), *(getattr(moments, name) for name in moments.__slots__))
        assert _last("weekend", now) == weekend


def test_without_quotes_funding_and_leader_only_their_features_are_missing() -> None:
    moments = market(3)
    for column in ("spread", "funding", "leader"):
        moments = changed(moments, column, slice(None), math.nan)
    needs = {"quotedspread", "fundingrate", "fundingmean", "leader", "relative", "beta", "leadercorrelation"}
    for word in ALL:
        assert np.isnan(made(names_of(word)).fold(moments)[-1]).all() == (word in needs)
