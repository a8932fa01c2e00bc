# file: tests/core/market/testblackscholes.py
from __future__ import annotations

import math

import numpy as np
import pytest

from tradingbot.core.market.blackscholes import normal_cdf, value


def test_the_normal_distribution_agrees_with_erfc() -> None:
    x = np.linspace(-9, 9, 721)
    expected = [math.erfc(-each / math.sqrt(2)) / 2 for each in x.tolist()]
    assert np.abs(normal_cdf(x) - expected).max() < 2e-12


def test_a_known_price_is_met() -> None:
    # One year at 20 %, at the money: S (2 N(0.1) - 1).
    worth = value(np.array([100.0]), np.array([100.0]), np.array([1.0]), np.array([0.2]), np.array([True]))
    assert worth.tolist() == pytest.approx([7.965567455405804])


def test_puts_and_calls_are_at_parity_and_above_intrinsic() -> None:
    strikes = np.linspace(50, 150, 41)
    spot, years, vol = np.array([100.0]), np.array([0.1]), np.array([0.25])
    call = value(spot, strikes, years, vol, np.array([True]))
    put = value(spot, strikes, years, vol, np.array([False]))
    assert np.allclose(call - put, spot - strikes)
    assert (call >= np.maximum(spot - strikes, 0)).all()
    assert (put >= np.maximum(strikes - spot, 0)).all()
    assert (np.diff(call) < 0).all()


def test_nothing_but_intrinsic_is_left_at_expiry() -> None:
    strikes = np.array([90.0, 100.0, 110.0])
    for call, worth in ((True, [10.0, 0.0, 0.0]), (False, [0.0, 0.0, 10.0])):
        made = value(np.array([100.0]), strikes, np.array([0.0]), np.array([0.3]), np.array([call]))
        assert made.tolist() == worth
