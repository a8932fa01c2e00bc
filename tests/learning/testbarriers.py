# file: tests/learning/testbarriers.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.config.recipe import BarrierSpec
from tradingbot.learning.barriers import reach_of

SPEC = BarrierSpec(horizon=16, reach=0.5, least=0.01, most=0.06)


def test_the_reach_grows_with_volatility_and_the_root_of_the_horizon() -> None:
    assert reach_of(np.array([0.01, 0.02]), SPEC).tolist() == pytest.approx([0.02, 0.04])


def test_it_lies_between_the_least_and_the_most() -> None:
    assert reach_of(np.array([0.0, 1e-9, 0.5]), SPEC).tolist() == [0.01, 0.01, 0.06]


def test_one_volatility_gives_the_bits_that_many_do() -> None:
    many = np.random.default_rng(4).uniform(0, 0.05, 200)
    assert [float(reach_of(one, SPEC)) for one in many] == reach_of(many, SPEC).tolist()


def test_an_unknown_volatility_has_no_reach() -> None:
    assert np.isnan(reach_of(np.array([np.nan]), SPEC)).all()
