# file: tests/core/runtime/testsumming.py
from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.stage import HOUR, MONDAY, Stage, bars_along
from tradingbot.core.market.arrays import PriceSide
from tradingbot.core.market.steps import Step
from tradingbot.core.runtime.summing import Drawn

COIN, OTHER, PAIR = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", "EUR/USD.IDEALPRO"
HOURLY = Step.parse("1h")
FIELDS: dict[str, Any] = {
    "lane": "cryptofutures", "instruments": [COIN, OTHER], "bar": "1h", "equity": "10000 USDT",
    "venue": {"spread": {"ticks": 0, "bps": 0}, "depth": {"participation": 1, "impact": 0}},
}  # fmt: skip


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    stage.bars(COIN, HOURLY, bars_along([40_000 + 10 * hour for hour in range(61)], HOURLY))
    stage.bars(OTHER, HOURLY, bars_along([3_000 - hour for hour in range(41)], HOURLY, MONDAY + 20 * HOUR))
    return stage


def drawn(stage: Stage, *cues: dict[str, Any], **fields: Any) -> Drawn:
    return stage.play(list(cues), **(FIELDS | fields))


def test_the_curve_is_the_start_every_bar_of_a_short_run_and_the_end(stage: Stage) -> None:
    found = drawn(stage, {"bar": 5, "do": "long"}, {"bar": 30, "do": "leave"}, {"bar": 40, "do": "long"}).result
    curve = {(point.ts - MONDAY) // HOUR: point.equity for point in found.equity}
    # Between trades nothing moves, of which both ends are kept.
    assert [*curve] == [0, 5, *range(6, 31), 40, *range(41, 61)]
    assert curve[0] == curve[5] == 10_000
    (trade,), (held,) = found.trades, found.open
    # At midnight the close of the 24th bar, 40,240, less what leaving there would cost.
    left = trade.quantity * (40_240 - trade.entry_price)
    fees = trade.quantity * (40_240 + trade.entry_price) * Decimal("0.00055")
    assert abs(curve[24] - 10_000 - left + fees) < Decimal("1e-7")
    # What leaving would bring is what leaving brought, at the open of the next bar.
    assert curve[30] == curve[40] == 10_000 + trade.pnl
    assert found.equity[-1].equity == 10_000 + trade.pnl + held.pnl == found.summary.end_equity


def test_without_a_trade_the_curve_is_flat(stage: Stage) -> None:
    found = drawn(stage).result
    assert {point.equity for point in found.equity} == {Decimal(10_000)}
    assert (found.trades, found.open, found.summary.trades) == ([], [], 0)


def test_a_trade_that_closes_at_midnight_leaves_one_point_there(stage: Stage) -> None:
    found = drawn(stage, {"bar": 5, "do": "long"}, {"bar": 24, "do": "leave"}, realism="fast").result
    curve = [((point.ts - MONDAY) // HOUR, point.equity) for point in found.equity]
    assert [equity for hour, equity in curve if hour == 24] == [10_000 + found.trades[0].pnl]


def test_the_yardstick_holds_every_instrument_from_its_first_close(stage: Stage) -> None:
    found = drawn(stage)
    rise, fall = 40_600 / 40_010, 2_960 / 2_999
    assert found.result.summary.buy_and_hold == pytest.approx((rise + fall) / 2 - 1)
    assert found.hold[1][-1] == pytest.approx((rise + fall) / 2)


def test_prices_for_the_pictures_are_the_bars_of_the_run(stage: Stage) -> None:
    found = drawn(stage, end="2025-01-07T12:00")
    ts, low, high, close = found.prices[COIN]
    assert (len(ts), ts[-1]) == (36, MONDAY + 36 * HOUR) == (36, found.result.end)
    assert (low[0], high[0], close[0]) == (40_000, 40_010, 40_010)
    assert len(found.prices[OTHER][0]) == 16


def test_the_result_says_what_was_run(stage: Stage) -> None:
    found = drawn(stage, {"bar": 5, "do": "long", "stop": 0.02}, name="mine", seed=3).result
    assert (found.name, found.lane, found.realism, found.currency, found.bar) == (
        "mine", "cryptofutures", "exact", "USDT", "1h",
    )  # fmt: skip
    assert (found.start, found.end, found.run.seed, found.run.bars) == (MONDAY, MONDAY + 60 * HOUR, 3, 100)
    (spec,) = json.loads(found.to_json())["strategies"]
    assert spec == {
        "path": "tests.golden.puppet:Puppet", "params": {"cues": [{"bar": 5, "do": "long", "stop": 0.02}]},
        "filtered": False,
    }  # fmt: skip


def test_an_instrument_without_a_bar_in_the_period_does_not_stop_the_others(stage: Stage) -> None:
    found = drawn(stage, {"bar": 3, "do": "long"}, end="2025-01-06T12:00")
    assert len(found.prices[OTHER][0]) == 0
    assert len(found.result.open) == 1


def test_fills_outside_the_session_are_counted_and_warned_of(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    # Bars through a weekend, which no forex venue has.
    stage.bars(PAIR, HOURLY, bars_along(np.full(7 * 24, 1.1), HOURLY), PriceSide.MID)
    fields = {"lane": "forex", "instruments": [PAIR], "equity": "10000 USD", "venue": {}}
    saturday = 5 * 24 + 3
    found = drawn(stage, {"bar": saturday, "do": "long"}, {"bar": saturday + 3, "do": "leave"}, **fields).result
    assert any(warning.code == "outside_session" for warning in found.warnings)
    weekday = drawn(stage, {"bar": 30, "do": "long"}, {"bar": 33, "do": "leave"}, **fields).result
    assert all(warning.code != "outside_session" for warning in weekday.warnings)


def test_a_stop_inside_the_range_of_a_bar_is_warned_of(stage: Stage) -> None:
    cues = [{"bar": bar, "do": "long", "stop": 0.0001} for bar in range(5, 50, 5)]
    tight, wide = (drawn(stage, *(cue | {"stop": stop} for cue in cues)).result for stop in (0.0001, 0.05))
    told = [{warning.code for warning in result.warnings} for result in (tight, wide)]
    assert told[0] - told[1]
