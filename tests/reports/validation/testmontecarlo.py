# file: tests/reports/validation/testmontecarlo.py
from __future__ import annotations

import pytest

from tradingbot.core.validation.record import Fan
from tradingbot.reports.validation.montecarlo import bootstrap_chart, percentile


@pytest.mark.parametrize("name", ["5", "5%", "5 %", "p5", "0.05", "05"])
def test_a_quantile_is_known_by_any_of_its_names(name: str) -> None:
    assert percentile(name) == pytest.approx(5)


def test_bands_run_from_the_widest_to_the_middle() -> None:
    days = ("2024-01-01", "2024-01-02")
    quantiles = {name: (1.0, 1.0 + float(name) / 100) for name in ("95", "5", "50", "75", "25")}
    fan = Fan(days=days, realised=(1.0, 1.1), quantiles=quantiles, resamples=9, block=2.0)
    names = [trace["name"] for trace in bootstrap_chart(fan)["data"]]
    assert names == ["5 %", "90 % of the paths", "25 %", "50 % of the paths", "Median path", "Realised"]
