# file: tests/core/portfolio/testhold.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.portfolio.hold import hold_curve
from tradingbot.core.portfolio.isotime import DAY

_TS = np.array([0, DAY, 2 * DAY], dtype=np.int64)


def test_instruments_weigh_the_same_whatever_they_cost() -> None:
    dear, cheap = np.array([100.0, 110.0, 120.0]), np.array([1.0, 0.9, 0.6])
    stamps, growth = hold_curve({"A": (_TS, dear), "B": (_TS, cheap)}, 0, 2 * DAY)
    assert stamps.tolist() == _TS.tolist()
    assert growth == pytest.approx([1.0, 1.0, 0.9])


def test_an_instrument_is_cash_until_its_first_price() -> None:
    late = (_TS[1:], np.array([10.0, 20.0]))
    assert hold_curve({"A": late}, 0, 2 * DAY)[1] == pytest.approx([1.0, 1.0, 2.0])


def test_prices_before_the_run_set_the_base() -> None:
    assert hold_curve({"A": (_TS, np.array([5.0, 10.0, 15.0]))}, DAY + 1, 2 * DAY)[1] == pytest.approx([1.0, 1.5])


def test_no_prices_are_no_curve() -> None:
    assert len(hold_curve({"A": (_TS[:0], np.empty(0))}, 0, DAY)[1]) == 0
