# file: tests/core/runtime/testresultbuilder.py
from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tradingbot import backtest as door
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.market import Market, Plan, open_planned_market
from tradingbot.core.runtime.provenance import run_provenance
from tradingbot.core.runtime.recorder import RunOutcome, StopPoint
from tradingbot.core.runtime.result import Result
from tradingbot.core.runtime.resultbuilder import ReportData, build_result
from tradingbot.core.time import ENDLESS
from tradingbot.reports.backtest.warnings import with_warnings

COIN, HOURLY = "BTCUSDT-LINEAR.BYBIT", Step.parse("1h")
CUES: list[dict[str, Any]] = [
    {"bar": 5, "do": "long"}, {"bar": 10, "do": "leave"}, {"bar": 20, "do": "long"}, {"bar": 31, "do": "leave"},
]  # fmt: skip

type Ran = tuple[Plan, Market, RunOutcome]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder: Path = tmp_path_factory.mktemp("books")
    stage = Stage(folder)
    stage.bars(COIN, HOURLY, bars_along([40_000 + 10 * hour for hour in range(61)], HOURLY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADINGBOT_HOME", str(folder))
        spec = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": CUES}}
        events = [{"at": "2025-01-07T00:30", "withdraw": "100 USDT"}, {"at": "2025-01-08T00:00", "gap": "1h"}]
        fields = {"lane": "cryptofutures", "instruments": [COIN], "bar": "1h", "equity": "10000 USDT", "events": events}
        planned = door.plan(stage.config(strategies=[spec], **fields))
        market, _synthetic = open_planned_market(planned)
        return planned, market, run_backtest(planned, market)


def summed(ran: Ran, stopped: StopPoint | None) -> Result:
    planned, market, outcome = ran
    facts = run_provenance(planned, market, code_sha256="", data_sha256="", note="", bars=1, seconds=0)
    data = build_result(planned.config, market, replace(outcome, stopped=stopped), "USDT", False, "", facts)
    return with_warnings(data.result, data.facts)


def test_a_run_that_was_stopped_is_summed_up_to_there(ran: Ran) -> None:
    whole = summed(ran, None)
    assert (len(whole.trades), len(whole.open), len(whole.transfers), len(whole.events)) == (2, 0, 1, 2)
    held = replace(whole.trades[1], exit_time=None, exit_price=None, pnl=Decimal(7))
    found = summed(ran, StopPoint(MONDAY + 24 * HOUR, Decimal(10_050), [held]))
    assert found.end == found.equity[-1].ts == MONDAY + 24 * HOUR
    assert found.equity[-1].equity == found.summary.end_equity == 10_050
    assert (list(found.trades), list(found.open)) == ([whole.trades[0]], [held])
    assert (list(found.transfers), list(found.events)) == ([], [])
    assert found.summary.days == 1
    (warning,) = [item.sentence for item in found.warnings if item.code == "stopped"]
    assert "its data goes on to 2025-01-08 12:00" in warning


def test_a_node_on_a_live_feed_that_was_stopped_has_no_end_it_fell_short_of(ran: Ran) -> None:
    planned, market, outcome = ran
    found = summed((planned, replace(market, end=ENDLESS), outcome), StopPoint(MONDAY + 24 * HOUR, Decimal(10_050)))
    assert found.end == MONDAY + 24 * HOUR
    assert "stopped" not in [item.code for item in found.warnings]


def test_stopped_before_its_first_bar_nothing_has_happened(ran: Ran) -> None:
    found = summed(ran, StopPoint(MONDAY, Decimal(10_000)))
    assert (found.summary.trades, found.summary.net_pnl, found.summary.sharpe) == (0, Decimal(0), None)
    assert found.end == MONDAY


OTHER, PAIR = "ETHUSDT-LINEAR.BYBIT", "EUR/USD.IDEALPRO"
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


def drawn(stage: Stage, *cues: dict[str, Any], **fields: Any) -> ReportData:
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
        "path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": [{"bar": 5, "do": "long", "stop": 0.02}]},
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
