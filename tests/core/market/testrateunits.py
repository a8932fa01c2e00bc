# file: tests/core/market/testrateunits.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.market.arrays import Funding
from tradingbot.core.market.rateunits import RateUnit, likely_units, median_rate, unlikely_zeros

HOUR = 3_600_000_000_000


def rates(values: list[float], minutes: int) -> Funding:
    return Funding(np.arange(1, len(values) + 1) * HOUR, np.array(values), np.full(len(values), minutes))


def test_the_median_is_of_what_is_not_zero_and_in_eight_hours() -> None:
    # Of 1, 2, 3 basis points on both sides, hourly: 2 an hour, 16 in eight.
    assert median_rate(rates([0.0001, -0.0002, 0.0003] * 7 + [0.0] * 9, 60)) == pytest.approx(0.0016)
    assert median_rate(rates([0.0] * 30, 480)) == 0.0


def test_zeros_are_unlikely_where_they_are_most_rates_or_a_week_of_them() -> None:
    charged = [0.0001, 0.0, 0.0002] * 20
    assert not unlikely_zeros(np.array(charged)).any()
    assert unlikely_zeros(np.array([0.0, 0.0, 0.0001])).tolist() == [True, True, False]
    assert not unlikely_zeros(np.array([*charged, 0.0001, *[0.0] * 20, 0.0001])).any()
    filled = unlikely_zeros(np.array([*charged, 0.0001, *[0.0] * 21, 0.0001]))
    assert np.flatnonzero(filled).tolist() == list(range(61, 82))
    assert unlikely_zeros(np.array([])).tolist() == []


def test_a_few_settlements_do_not_tell_their_interval() -> None:
    assert median_rate(rates([0.001] * 20, 60)) == 0.001


@pytest.mark.parametrize(
    ("median", "minutes", "units"),
    [
        (0.01, 480, [RateUnit.PERCENT]),
        (0.004, 60, [RateUnit.PERCENT]),
        (1.0, 480, [RateUnit.BPS, RateUnit.ANNUAL]),
        (0.11, 480, [RateUnit.ANNUAL, RateUnit.BPS]),
        (0.876, 60, [RateUnit.ANNUAL, RateUnit.BPS]),
        (10.95, 480, [RateUnit.ANNUAL_PERCENT]),
    ],
)
def test_units_are_guessed_by_the_usual_rate(median: float, minutes: int, units: list[RateUnit]) -> None:
    assert likely_units(median, minutes)[: len(units)] == units
