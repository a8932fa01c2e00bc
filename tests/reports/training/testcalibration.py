# file: tests/reports/training/testcalibration.py
from __future__ import annotations

import pytest

from tests.reports.training.samples import sample
from tradingbot.learning.training.record import Calibration
from tradingbot.reports.training.calibration import reliability_chart


def _of(forecast: float, happened: float, count: int) -> Calibration:
    bins = {"forecast": (forecast,), "happened": (happened,), "counts": (count,)}
    return sample().calibration.model_copy(update=bins)


def test_the_bars_are_two_standard_errors() -> None:
    dots = reliability_chart(_of(0.5, 0.5, 100))["data"][1]
    assert dots["error_y"]["array"] == [pytest.approx(0.1)]


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_certainty_and_an_empty_bin_stay_in_the_square(share: float, count: int) -> None:
    chart = reliability_chart(_of(share, share, count))
    low, high = chart["layout"]["xaxis"]["range"]
    assert 0 <= low < high <= 1
    assert chart["data"][1]["error_y"]["array"] == [0.0]


def test_both_axes_show_the_same_span_and_all_dots() -> None:
    chart = reliability_chart(sample().calibration)
    low, high = chart["layout"]["xaxis"]["range"]
    assert chart["layout"]["yaxis"]["range"] == chart["layout"]["xaxis"]["range"]
    for value in (*sample().calibration.forecast, *sample().calibration.happened):
        assert low <= value <= high
