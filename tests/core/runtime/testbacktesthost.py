# file: tests/core/runtime/testbacktesthost.py
from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.catalogfixture import MONDAY, Stage, bars_along
from tests.golden.scriptedstrategy import Puppet
from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.home import config_file
from tradingbot.core.config.lanes import LanesConfig
from tradingbot.core.config.load import load
from tradingbot.core.config.risk import RiskConfig
from tradingbot.core.errors import ConfigError, LedgerMismatch, StrategyFailed
from tradingbot.core.execution.gate import OrderGate
from tradingbot.core.execution.venue.fills import DepthFillModel
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.market import Plan, open_market
from tradingbot.core.runtime.recorder import Recorder, RunOutcome

COIN, STEP = "BTCUSDT-LINEAR.BYBIT", Step.parse("5m")
LONG, LEAVE = {"bar": 3, "do": "long", "stop": 0.01}, {"bar": 6, "do": "leave"}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    stage.bars(COIN, STEP, bars_along(np.full(11, 40_000.0), STEP))
    return stage


def ran(
    stage: Stage, *scripts: list[dict[str, Any]], progress: Any = None, on_order: Any = None, until: int | None = None,
    since: int = 0, **fields: Any,
) -> RunOutcome:  # fmt: skip
    specs = [{"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": cues}} for cues in scripts]
    least = {
        "name": "host", "catalog": str(stage.catalog.path), "lane": "cryptofutures", "instruments": [COIN], "bar": "5m",
        "equity": "10000 USDT", "strategies": specs,
    }  # fmt: skip
    config = BacktestConfig.model_validate(least | fields)
    venue = load(LanesConfig, config_file("lanes.json")).lanes[config.lane]
    venue = venue.model_copy(update=config.venue)
    risk = load(RiskConfig, config_file("risk.json")).lanes[config.lane]
    market = replace(open_market(config, stage.catalog), since=since)
    planned = Plan(config, venue, risk, None, "")
    return run_backtest(planned, market, *([progress] if progress else []), on_order=on_order, until=until)


def test_a_run_brings_home_its_books_its_bars_and_how_many_orders_closed(stage: Stage) -> None:
    outcome = ran(stage, [LONG, LEAVE])
    assert (outcome.bars, len(outcome.recorder.ledger.trades)) == (10, 1)
    assert outcome.closing_orders == 1


def test_it_tells_of_every_order_event_up_to_where_it_is_cut_and_ends_nothing_there(stage: Stage) -> None:
    whole: list[Any] = []
    outcome = ran(stage, [LONG, LEAVE], on_order=whole.append)
    assert [type(event).__name__ for event in whole].count("OrderFilled") == 2
    cut: list[Any] = []
    until = MONDAY + 6 * STEP.ns
    part = ran(stage, [LONG, LEAVE], on_order=cut.append, until=until)
    assert (outcome.bars, part.bars) == (10, 6)
    # The order to leave was sent at the last bar, as it would not have been where the data ends.
    assert [event.ts_event for event in cut] == [event.ts_event for event in whole if event.ts_event <= until]
    assert (cut[-1].ts_event, len(part.recorder.ledger.open_positions)) == (until, 1)


def test_progress_is_told_chunk_by_chunk(stage: Stage) -> None:
    told: list[tuple[int, int]] = []
    ran(stage, [LONG], progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


def test_strategies_of_one_class_have_names_of_their_own_and_positions_apart(stage: Stage) -> None:
    outcome = ran(stage, [LONG | {"stop": 0.05}, LEAVE], [LONG | {"do": "short", "stop": 0.05}])
    (closed,), (held,) = outcome.recorder.ledger.trades, outcome.recorder.ledger.open_positions
    assert (closed.strategy, closed.side) == ("Puppet-000", "LONG")
    assert (held.strategy, held.entered_sign) == ("Puppet-001", -1)


def test_a_strategy_that_raises_ends_the_run_with_where_it_raised(stage: Stage) -> None:
    with pytest.raises(
        StrategyFailed, match=r"^Puppet-000\.on_bar raised ValueError: the script says so \(at .*\)\n"
    ) as failed:
        ran(stage, [{"bar": 4, "do": "fail"}])
    assert "tests/golden/scriptedstrategy.py" in str(failed.value)


@pytest.mark.parametrize("realism", ["fast", "exact"])
def test_a_latency_that_reaches_into_the_bar_is_refused_where_quotes_are_timed(stage: Stage, realism: str) -> None:
    fields: dict[str, Any] = {"venue": {"latency_ms": 100_000}, "realism": realism}
    if realism == "fast":
        assert ran(stage, [LONG], **fields).bars == 10
        return
    with pytest.raises(ConfigError) as failed:
        ran(stage, [LONG], **fields)
    assert str(failed.value) == "venue.latency_ms was 100000, allowed is less than a third of a 5m bar (100000 ms)"


def test_a_currency_that_cannot_be_converted_is_refused_before_anything_runs(stage: Stage) -> None:
    cross = "EUR/JPY.IDEALPRO"
    stage.bars(cross, STEP, bars_along(np.full(11, 160.0), STEP), PriceSide.MID)
    with pytest.raises(ConfigError, match=rf"^instruments: {cross} settles in JPY; add a pair of JPY and USD"):
        ran(stage, [LONG], lane="forex", instruments=[cross], equity="10000 USD")


def test_an_account_that_disagrees_with_the_ledger_ends_the_run(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(*_args: object, **_kwargs: object) -> None:
        """Hear of a settlement and write nothing down."""

    stage.marks(COIN, bars_along(np.full(11, 40_000.0), STEP).ts, np.full(10, 40_000.0))
    stage.funding(COIN, bars_along(np.full(11, 40_000.0), STEP).ts[6:7], np.array([0.001]))
    monkeypatch.setattr(Recorder, "charged", forgets)
    with pytest.raises(LedgerMismatch, match="some money moved without an event"):
        ran(stage, [LONG])


@pytest.fixture
def _no_collector() -> Iterator[None]:
    was = gc.isenabled()
    gc.collect()
    gc.disable()
    yield
    if was:
        gc.enable()


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("fails", [False, True])
def test_the_engines_parts_are_dropped_where_they_were_made(stage: Stage, fails: bool) -> None:
    kinds = (Puppet, OrderGate, DepthFillModel)
    before = sum(isinstance(item, kinds) for item in gc.get_objects())
    outcome = None
    try:
        outcome = ran(stage, [LONG, {"bar": 4, "do": "fail"}] if fails else [LONG])
    except StrategyFailed as error:
        error.__traceback__ = None
    assert (outcome is None) is fails
    assert sum(isinstance(item, kinds) for item in gc.get_objects()) == before


def test_nothing_is_entered_while_a_run_warms_up(stage: Stage) -> None:
    early, late = LONG, LONG | {"bar": 5}
    outcome = ran(stage, [early, late, LEAVE], since=MONDAY + 4 * STEP.ns)
    assert [(refused.rule, refused.ts) for refused in outcome.recorder.refusals] == [
        ("warming_up", MONDAY + 3 * STEP.ns)
    ]
    (trade,) = outcome.recorder.ledger.trades
    assert trade.entry_time > MONDAY + 5 * STEP.ns
