# file: tests/reports/backtest/testtrades.py
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.reports.backtest.trades import distribution_chart, step_for


@given(st.lists(st.floats(-1e4, 1e4).map(lambda value: round(value, 2)), min_size=1, max_size=60))
def test_every_trade_is_in_one_bar_of_its_own_sign(pnls: list[float]) -> None:
    bars = distribution_chart([{"pnl": pnl} for pnl in pnls], "USDT")["data"]
    counted = {bar["name"]: sum(bar["y"]) for bar in bars}
    gains = sum(pnl > 0 for pnl in pnls)
    assert counted.get("Gain +", 0) == gains
    assert sum(counted.values()) == len(pnls)


@pytest.mark.parametrize(("span", "step"), [(40.0, 1.0), (41.0, 2.0), (400.0, 10.0), (0.9, 0.05), (200.0, 5.0)])
def test_bars_have_round_edges(span: float, step: float) -> None:
    assert step_for(span) == pytest.approx(step)
