# file: tests/core/runtime/testbooks.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.golden.stage import HOUR, MONDAY, Stage, bars_along
from tradingbot import backtest as door
from tradingbot.core.market.steps import Step
from tradingbot.core.report.result import Result
from tradingbot.core.runtime.backtesthost import Outcome, Stopped, run
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.opening import opened
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.runtime.runfacts import run_facts
from tradingbot.core.runtime.summing import sum_up

COIN, HOURLY = "BTCUSDT-LINEAR.BYBIT", Step.parse("1h")
CUES: list[dict[str, Any]] = [
    {"bar": 5, "do": "long"}, {"bar": 10, "do": "leave"}, {"bar": 20, "do": "long"}, {"bar": 31, "do": "leave"},
]  # fmt: skip

type Ran = tuple[Plan, Market, Outcome]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder: Path = tmp_path_factory.mktemp("books")
    stage = Stage(folder)
    stage.bars(COIN, HOURLY, bars_along([40_000 + 10 * hour for hour in range(61)], HOURLY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADINGBOT_HOME", str(folder))
        spec = {"path": "tests.golden.puppet:Puppet", "params": {"cues": CUES}}
        events = [{"at": "2025-01-07T00:30", "withdraw": "100 USDT"}, {"at": "2025-01-08T00:00", "gap": "1h"}]
        fields = {"lane": "cryptofutures", "instruments": [COIN], "bar": "1h", "equity": "10000 USDT", "events": events}
        planned = door.plan(stage.config(strategies=[spec], **fields))
        market, _synthetic = opened(planned)
        return planned, market, run(planned.config, planned.venue, planned.risk, planned.rates, market)


def summed(ran: Ran, stopped: Stopped | None) -> Result:
    planned, market, outcome = ran
    facts = run_facts(planned, market, code_sha256="", data_sha256="", note="", bars=1, seconds=0)
    return sum_up(planned.config, market, replace(outcome, stopped=stopped), "USDT", False, "", facts).result


def test_a_run_that_was_stopped_is_summed_up_to_there(ran: Ran) -> None:
    whole = summed(ran, None)
    assert (len(whole.trades), len(whole.open), len(whole.transfers), len(whole.events)) == (2, 0, 1, 2)
    held = replace(whole.trades[1], exit_time=None, exit_price=None, pnl=Decimal(7))
    found = summed(ran, Stopped(MONDAY + 24 * HOUR, Decimal(10_050), [held]))
    assert found.end == found.equity[-1].ts == MONDAY + 24 * HOUR
    assert found.equity[-1].equity == found.summary.end_equity == 10_050
    assert (list(found.trades), list(found.open)) == ([whole.trades[0]], [held])
    assert (list(found.transfers), list(found.events)) == ([], [])
    assert found.summary.days == 1
    (warning,) = [item.sentence for item in found.warnings if item.code == "stopped"]
    assert "its data goes on to 2025-01-08 12:00" in warning


def test_stopped_before_its_first_bar_nothing_has_happened(ran: Ran) -> None:
    found = summed(ran, Stopped(MONDAY, Decimal(10_000)))
    assert (found.summary.trades, found.summary.net_pnl, found.summary.sharpe) == (0, Decimal(0), None)
    assert found.end == MONDAY
