# file: tests/core/portfolio/testratios.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.portfolio import ratios
from tradingbot.core.time import DAY

RETURNS = np.array([0.02, -0.01, 0.03, -0.02])
_many = st.lists(st.floats(-0.2, 0.2), min_size=20, max_size=60).map(np.array)


def test_sharpe_is_the_hand_computed_one() -> None:
    # mean 0.005; squared deviations 0.000225 + 0.000225 + 0.000625 + 0.000625 = 0.0017, / 3
    assert ratios.sharpe(RETURNS, 252) == pytest.approx(0.005 / math.sqrt(0.0017 / 3) * math.sqrt(252))


def test_sortino_is_the_hand_computed_one() -> None:
    assert ratios.sortino(RETURNS, 365) == pytest.approx(0.005 / math.sqrt(0.0005 / 4) * math.sqrt(365))


def test_growth_compounds_to_a_year() -> None:
    assert ratios.annual_growth(1.1, 73 * DAY) == pytest.approx(1.1 ** (365.25 / 73) - 1)


def test_cvar_is_the_mean_of_the_worst_twentieth() -> None:
    returns = np.array([-0.10, -0.06, *[0.01] * 38])
    assert ratios.cvar(returns) == pytest.approx(0.08)


def test_a_day_that_is_partly_in_the_tail_counts_for_that_part() -> None:
    returns = np.array([-0.10, -0.06, -0.02, *[0.01] * 47])
    assert ratios.cvar(returns) == pytest.approx((0.10 + 0.06 + 0.5 * 0.02) / 2.5)


@pytest.mark.parametrize(
    "value",
    [
        ratios.sharpe(np.array([0.1]), 365),
        ratios.sharpe(np.full(30, 0.001), 365),
        ratios.sortino(np.array([0.01, 0.02]), 365),
        ratios.calmar(0.5, 0.0),
        ratios.calmar(None, 0.5),
        ratios.cvar(np.full(19, -0.01)),
        ratios.annual_growth(0.0, 10 * DAY),
        ratios.annual_growth(1.1, DAY - 1),
        ratios.annual_growth(1e9, DAY),
    ],
)
def test_what_is_undefined_is_none(value: float | None) -> None:
    assert value is None


@given(_many, st.floats(0.1, 3.0))
def test_ratios_do_not_see_leverage_and_cvar_does(
    returns: np.ndarray[tuple[int], np.dtype[np.float64]], k: float
) -> None:
    for ratio in (ratios.sharpe, ratios.sortino):
        one, scaled = ratio(returns, 365), ratio(returns * k, 365)
        if one is not None and scaled is not None and abs(one) < 1e6:
            assert scaled == pytest.approx(one, rel=1e-6, abs=1e-9)
    loss = ratios.cvar(returns)
    assert loss is not None
    assert ratios.cvar(returns * k) == pytest.approx(loss * k)


@given(_many, st.floats(0.001, 0.05))
def test_a_constant_gain_lifts_sharpe_and_lowers_the_expected_loss(
    returns: np.ndarray[tuple[int], np.dtype[np.float64]], gain: float
) -> None:
    before, after = ratios.sharpe(returns, 365), ratios.sharpe(returns + gain, 365)
    if before is not None and after is not None and returns.std() > 1e-6:
        assert after > before
    loss = ratios.cvar(returns)
    assert loss is not None
    assert ratios.cvar(returns + gain) == pytest.approx(loss - gain)
