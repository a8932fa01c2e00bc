# file: tests/core/runtime/testfunding.py
from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.funding import funding_facts, settlement_rows
from tradingbot.core.runtime.market import Market, open_market, plan

COIN, OTHER, PAIR = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", "EUR/USD.IDEALPRO"
HOURLY = Step.parse("1h")
PUPPET = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {}}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    stage.bars(COIN, HOURLY, bars_along([40_000 + 10 * hour for hour in range(49)], HOURLY))
    stage.bars(OTHER, HOURLY, bars_along([3_000 - hour for hour in range(25)], HOURLY, MONDAY + 20 * HOUR))
    return stage


def market(stage: Stage, *names: str, lane: str = "cryptofutures", **fields: Any) -> Market:
    equity = "10000 USD" if lane == "forex" else "10000 USDT"
    known = {"lane": lane, "instruments": list(names), "bar": "1h", "equity": equity, "strategies": [PUPPET]}
    return open_market(plan(stage.config(**(known | fields))).config, stage.catalog)


def trade(entered: float, left: float | None, name: str = COIN) -> Any:
    exit_time = None if left is None else MONDAY + int(left * HOUR)
    return SimpleNamespace(instrument=name, entry_time=MONDAY + int(entered * HOUR), exit_time=exit_time)


def test_settlements_count_while_the_instrument_had_bars_in_the_run(stage: Stage) -> None:
    stage.funding(COIN, MONDAY + np.array([8, 16, 32]) * HOUR, np.full(3, 1e-4))
    # The coin is due at 8, 16, 24, 32, 40, 48; the other, from 20:00 to 44:00, at 24, 32, 40.
    found = funding_facts(market(stage, COIN, OTHER), [trade(8, 24), trade(23, 33), trade(39, None)], marks=True)
    coin, other = found[COIN], found[OTHER]
    assert (coin.due, coin.missing) == (6, 3)
    assert (coin.first, coin.last) == (MONDAY + 24 * HOUR, MONDAY + 48 * HOUR)
    # Held at 16 and 24, again 24 and 32, then 40 and 48.
    assert (coin.held, coin.held_missing) == (5, 3)
    assert (other.due, other.missing, other.held) == (3, 3, 0)
    assert coin.unmarked == other.unmarked == 0


def test_zeros_that_fill_holes_are_counted_and_those_met_while_holding(stage: Stage) -> None:
    stage.funding(COIN, MONDAY + 8 * HOUR * np.arange(1, 7), np.array([1e-4, 0, 0, 0, 0, 1e-4]))
    coin = funding_facts(market(stage, COIN), [trade(16, 33)], marks=True)[COIN]
    # At 16, 24, 32 and 40; held at 24 and 32.
    assert (coin.missing, coin.zero, coin.held_zero) == (0, 4, 2)


def test_what_is_not_in_the_period_does_not_count(stage: Stage) -> None:
    stage.funding(COIN, MONDAY + np.array([8, 40]) * HOUR, np.full(2, 1e-4))
    start = {"start": "2025-01-06T12:00", "end": "2025-01-07T10:00"}
    found = funding_facts(market(stage, COIN, **start), [], marks=True)[COIN]
    assert (found.due, found.missing, found.first) == (3, 3, MONDAY + 16 * HOUR)


def test_marks_of_other_times_are_counted_and_no_marks_are_not(stage: Stage) -> None:
    stage.funding(COIN, MONDAY + 8 * HOUR * np.arange(1, 7), np.full(6, 1e-4))
    assert funding_facts(market(stage, COIN), [], marks=True)[COIN].unmarked == 0
    stage.marks(COIN, MONDAY + np.array([15, 24]) * HOUR, np.array([40_001.0, 40_002.0]))
    assert funding_facts(market(stage, COIN), [], marks=True)[COIN].unmarked == 5
    assert funding_facts(market(stage, COIN), [], marks=False)[COIN].unmarked == 0


def test_a_pair_has_no_funding(stage: Stage) -> None:
    stage.bars(PAIR, HOURLY, bars_along(np.full(25, 1.1), HOURLY), PriceSide.MID)
    assert funding_facts(market(stage, PAIR, lane="forex"), [], marks=True) == {}


def test_the_engine_is_told_a_price_where_it_would_take_another(stage: Stage) -> None:
    stage.funding(COIN, MONDAY + np.array([8, 16, 24]) * HOUR + 7_000_000, np.full(3, 1e-4))
    stage.marks(COIN, MONDAY + np.array([8, 9]) * HOUR, np.array([40_500.0, 40_600.0]))
    (source,) = market(stage, COIN).sources
    closes = source.read(MONDAY, MONDAY + 48 * HOUR)[0]
    marks, prices, settled = settlement_rows(source, MONDAY, MONDAY + 24 * HOUR, (closes.ts, closes.close))
    assert [row.ts_event - MONDAY for row in marks] == [8 * HOUR - 2_000, 9 * HOUR - 2_000]
    assert [(row.ts_event - MONDAY, row.value.as_decimal()) for row in prices] == [
        (16 * HOUR - 1_500, Decimal("40160.0")),
        (24 * HOUR - 1_500, Decimal("40240.0")),
    ]
    assert [row.ts_event - MONDAY for row in settled] == [hour * HOUR - 750 for hour in (8, 16, 24)]
