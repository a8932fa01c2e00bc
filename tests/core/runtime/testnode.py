# file: tests/core/runtime/testnode.py
from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.core.runtime.paperrun import LIMIT_S, started, told
from tests.golden.catalogfixture import HOUR, MONDAY, OPEN, Stage, bars_along, clear_of_session
from tests.golden.roughmarket import put
from tests.learning.modelfixture import Studio, heeding, recipe
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.lane import Lane
from tradingbot.core.market.calendars.sessions import USEQUITY
from tradingbot.core.market.series import Step
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.operations.status.nodehistory import NodeHistory

COIN, OTHER, STEP = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", Step.parse("5m")
BARS = 300


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    rng = np.random.default_rng(3)
    for name, start in ((COIN, 40_000.0), (OTHER, 3_000.0)):
        closes = start * np.exp(np.cumsum(rng.normal(0, 2e-3, BARS)))
        bars = bars_along(closes, STEP, volume=300.0 * 40_000 / start)
        stage.bars(name, STEP, bars)
        settled = np.arange(MONDAY + 8 * HOUR, int(bars.ts[-1]), 8 * HOUR)
        stage.funding(name, settled + 7_000_000, np.full(len(settled), 1e-3))
        # Marks of the second coin end early: from then on funding is priced at the last price.
        marked = BARS if name == COIN else BARS // 2
        stage.marks(name, bars.ts[:marked], bars.close[:marked])
    return stage


def cues(of: int = 0) -> list[dict[str, Any]]:
    """Enter, tighten and leave all day long, and want in at the last bars, where a run has no next price."""
    found: list[dict[str, Any]] = [
        {"bar": BARS - 2, "do": "long", "of": of},
        {"bar": BARS - 1, "do": "short", "of": of},
    ]
    for bar in range(5 + 3 * of, BARS - 10, 12):
        side = "long" if bar % 24 < 12 else "short"
        found += [
            {"bar": bar, "do": side, "stop": 0.006, "target": 0.01, "of": of},
            {"bar": bar + 3, "do": "tighten", "stop": 0.004, "of": of},
            {"bar": bar + 9, "do": "leave", "of": of},
        ]
    return found


def config(stage: Stage, *scripts: list[dict[str, Any]], **fields: Any) -> Path:
    specs = [{"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": script}} for script in scripts]
    least = {
        "lane": "cryptofutures", "instruments": [COIN], "bar": "5m", "equity": "10000 USDT", "strategies": specs,
    }  # fmt: skip
    return stage.config(**(least | fields))


def rows(stage: Stage, query: str) -> list[tuple[Any, ...]]:
    with open_state_file(stage.home / "state" / "play.db") as database:
        return [tuple(row) for row in database.execute(query)]


def test_it_decides_orders_and_fills_as_the_backtest_does_to_the_cent(stage: Stage) -> None:
    path = config(stage, cues(0), cues(1), instruments=[COIN, OTHER])
    answer = told(path, stage.home)
    assert answer["differences"] == []
    assert answer["trades"] > 40
    assert answer["done"] == answer["total"]
    with open_state_file(stage.home / "state" / "play.db") as database:
        book = NodeHistory(MONDAY, Decimal(10_000))
        book.read(database)
    # The dashboard goes by the rows, backtest and paper by the points that decide: of hundreds of bars the same fall.
    points = np.array([float(equity) for _, equity in answer["equity"]])
    assert len(book.curve()[0]) > len(points)
    assert book.deepest() == pytest.approx(max_drawdown(points), abs=1e-12) != 0


def test_a_kill_and_a_withdrawal_happen_when_they_do_in_the_backtest(stage: Stage) -> None:
    events = [
        {"at": "2025-01-06T03:00:30Z", "withdraw": "500 USDT"},
        {"at": "2025-01-06T06:17:00Z", "kill": "cryptofutures", "reason": "drill"},
        {"at": "2025-01-06T12:00:00Z", "resume": "cryptofutures", "operator": "ann", "reason": "looked"},
    ]
    answer = told(config(stage, cues(), events=events), stage.home)
    assert answer["differences"] == []


def test_it_trades_bars_that_trade_themselves_and_is_cut_as_the_backtest_is(stage: Stage) -> None:
    capped = OPEN | {"risk_fraction": 0.01, "max_position_leverage": 0.2}
    assert told(config(stage, cues(), realism="fast", risk=capped), stage.home)["differences"] == []
    cut = "SELECT wanted, quantity FROM decisions WHERE verdict = 'approved' AND rule = 'position_leverage'"
    assert len(rows(stage, cut)) > 3
    assert all(Decimal(wanted) > Decimal(quantity) for wanted, quantity in rows(stage, cut))


def test_it_follows_a_trained_model_as_the_backtest_does(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.walk()
    model = studio.keep(heeding(studio.taught(recipe())))
    studio.plan(models=[{"path": str(model)}])
    answer = told(studio.home / "studio.json", studio.home)
    assert answer["differences"] == []
    assert answer["trades"] > 10


def test_its_file_holds_what_happened(stage: Stage) -> None:
    answer = told(config(stage, cues()), stage.home, "max", "alone")
    assert rows(stage, "SELECT count(*) FROM decisions") == [(answer["decisions"],)]
    assert rows(stage, "SELECT count(*) FROM trades") == [(answer["trades"],)]
    assert rows(stage, "SELECT count(*) FROM equity") == [(answer["bars"],)]
    assert rows(stage, "SELECT state, bars FROM heartbeat") == [("finished", BARS - 1)]
    assert rows(stage, "SELECT lane, speed FROM node") == [("cryptofutures", "max")]
    assert rows(stage, "SELECT count(*) FROM fills")[0][0] > 2 * answer["trades"]
    filled = "SELECT count(*) FROM orders WHERE event = 'OrderFilled'"
    assert rows(stage, filled) == rows(stage, "SELECT count(*) FROM fills")


def test_a_strategy_that_raises_ends_the_node_with_its_error_and_says_so(stage: Stage) -> None:
    answer = told(config(stage, [{"bar": 7, "do": "fail"}]), stage.home, "max", "alone")
    assert answer["error"] == "StrategyFailed"
    assert "Puppet-000.on_bar raised ValueError: the script says so" in answer["sentence"]
    assert rows(stage, "SELECT state, bars FROM heartbeat") == [("failed", 6)]


def test_a_killed_lane_goes_on_on_paper_and_says_that_live_would_enter_nothing(stage: Stage) -> None:
    path = config(stage, cues())
    FileKillLatch(Lane.CRYPTOFUTURES, stage.home / "state" / "switches", lambda: 0).kill("ann", "flood")
    assert told(path, stage.home)["differences"] == []
    asked = (
        "SELECT live.verdict, live.switch FROM decisions JOIN live USING (number) WHERE decisions.verdict = 'approved'"
    )
    # On its merits live would place it; the lane would stop it.
    assert set(rows(stage, asked)) == {("approved", "lane_halted")}
    assert rows(stage, "SELECT count(*) FROM live") == rows(stage, "SELECT count(*) FROM decisions")
    assert rows(stage, "SELECT killed, who, reason FROM switches") == [(1, "ann", "flood")]
    told_of = "SELECT sentence FROM outbox WHERE kind = 'lane killed'"
    assert rows(stage, told_of) == [("the cryptofutures lane is killed by ann: flood; paper goes on",)]


def test_live_would_refuse_what_paper_enters_while_the_lane_is_off(stage: Stage) -> None:
    told(config(stage, cues()), stage.home, "max", "alone")
    refused = "SELECT DISTINCT live.switch FROM decisions JOIN live USING (number) WHERE decisions.verdict = 'approved'"
    assert rows(stage, refused) == [("lane_enabled",)]


def test_what_is_held_is_in_its_file_with_the_stop_that_guards_it(stage: Stage) -> None:
    path = config(stage, [{"bar": 20, "do": "long", "stop": 0.1}])
    with started(path, stage.home, "3600", "alone") as process:
        try:
            _wait_for(stage, "SELECT count(*) FROM positions")
        finally:
            process.kill()
            process.communicate(timeout=LIMIT_S)
    ((quantity, entry, stop),) = rows(stage, "SELECT quantity, entry_price, stop FROM positions")
    assert Decimal(quantity) > 0
    assert Decimal(stop) < Decimal(entry)


def test_each_trade_knows_what_it_risked_at_its_stop(stage: Stage) -> None:
    told(config(stage, [{"bar": 20, "do": "long", "stop": 0.01}, {"bar": 23, "do": "leave"}]), stage.home)
    ((quantity, entry, risked),) = rows(stage, "SELECT quantity, entry_price, risked FROM trades")
    ((stop,),) = rows(stage, "SELECT stop FROM decisions")
    assert Decimal(risked) == pytest.approx(Decimal(quantity) * (Decimal(entry) - Decimal(stop)), rel=Decimal("1e-3"))


def test_run_again_it_repeats_its_past_and_records_nothing_twice(stage: Stage) -> None:
    path = config(stage, cues())
    told(path, stage.home, "max", "alone")
    tables = ("decisions", "orders", "fills", "trades", "refusals", "equity", "bars", "live")
    before = {name: rows(stage, f"SELECT * FROM {name}") for name in tables}
    told(path, stage.home, "max", "alone")
    assert {name: rows(stage, f"SELECT * FROM {name}") for name in tables} == before


@pytest.mark.parametrize(("of", "kept"), [("min", False), ("max", True)])
def test_a_past_that_comes_out_otherwise_is_refused_and_kept(stage: Stage, of: str, kept: bool) -> None:
    path = config(stage, cues())
    told(path, stage.home, "max", "alone")
    with closing(sqlite3.connect(stage.home / "state" / "play.db")) as database, database:
        # What came before a checkpoint is not done again.
        assert database.execute("SELECT ts <= (SELECT max(ts) FROM fills) FROM checkpoints").fetchall() == [(1,)]
        database.execute("DELETE FROM checkpoints") if not kept else None
        ((number,),) = database.execute(f"SELECT {of}(number) FROM fills").fetchall()
        database.execute("UPDATE fills SET price = '1' WHERE number = ?", (number,))
    answer = told(path, stage.home, "max", "alone")
    assert answer["error"] == "RunFailed"
    assert f"the past of play came out otherwise: in fills it recorded ({number}," in answer["sentence"]
    assert rows(stage, f"SELECT price FROM fills WHERE number = {number}") == [("1",)]


def test_with_other_settings_it_goes_on_only_when_told_to_begin_anew(stage: Stage) -> None:
    told(config(stage, cues()), stage.home, "max", "alone")
    answer = told(config(stage, cues(), equity="20000 USDT"), stage.home, "max", "alone")
    assert answer["error"] == "PolicyRefused"
    assert answer["sentence"].startswith("play has run with other settings, and goes on only with the same; --fresh")
    assert told(config(stage, cues(), equity="20000 USDT"), stage.home, "max", "fresh")["trades"] > 10
    assert len(list((stage.home / "state" / "past").glob("play-*.db"))) == 1


def test_a_second_node_of_the_name_is_refused(stage: Stage) -> None:
    with single_instance(stage.home / "state" / "play.lock"):
        answer = told(config(stage, cues()), stage.home, "max", "alone")
    assert answer["error"] == "PolicyRefused"
    assert answer["sentence"] == f"play already runs as process {os.getpid()}, allowed is one"


def test_asked_to_stop_it_stops_at_once_and_keeps_what_it_has(stage: Stage) -> None:
    path = config(stage, cues())
    with started(path, stage.home, "3600", "alone") as process:
        try:
            _wait_for(stage, "SELECT count(*) FROM equity")
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=LIMIT_S)
        finally:
            process.kill()
    assert process.returncode == 0, err[-2000:]
    assert '"bars"' in out
    assert rows(stage, "SELECT state FROM heartbeat") == [("stopped",)]
    assert 0 < rows(stage, "SELECT bars FROM heartbeat")[0][0] < BARS - 1


def test_killed_outright_it_leaves_a_file_that_adds_up_and_may_run_again(stage: Stage) -> None:
    path = config(stage, cues())
    with started(path, stage.home, "3600", "alone") as process:
        try:
            _wait_for(stage, "SELECT count(*) FROM heartbeat WHERE state = 'running'")
        finally:
            process.kill()
            process.communicate(timeout=LIMIT_S)
    assert process.returncode == -signal.SIGKILL
    assert rows(stage, "SELECT state FROM heartbeat") == [("running",)]
    assert rows(stage, "SELECT count(*) FROM equity") == rows(stage, "SELECT count(*) FROM bars")
    filled = "SELECT count(*) FROM orders WHERE event = 'OrderFilled'"
    assert rows(stage, filled) == rows(stage, "SELECT count(*) FROM fills")
    again = told(path, stage.home)
    assert again["differences"] == []
    assert rows(stage, "SELECT count(*) FROM trades") == [(again["trades"],)]


def _wait_for(stage: Stage, counted: str) -> None:
    """Wait until the node has written something that counts, by opening its file again and again."""
    path = stage.home / "state" / "play.db"
    for _ in range(10_000_000):
        if path.is_file() and path.stat().st_size:
            try:
                if rows(stage, counted)[0][0]:
                    return
            except Exception as error:  # noqa: BLE001 - the file is being made
                last = error
    raise AssertionError(f"no bar was written: {last}")


def test_what_the_venue_lends_is_lent_to_the_node_too_and_a_list_it_denies_is_denied_whole(stage: Stage) -> None:
    lent = {"venue": {"leverage": 50}, "risk": OPEN | {"risk_fraction": 0.02, "max_position_leverage": 50}}
    script = [{"bar": bar, "do": "long", "stop": stop} for bar, stop in ((5, 0.0005), (60, 0.004), (90, 0.001))]
    answer = told(config(stage, script, cues(1), instruments=[COIN, OTHER], realism="fast", **lent), stage.home)
    assert answer["differences"] == []
    worth = rows(stage, "SELECT quantity, entry_price FROM trades")
    assert max(Decimal(quantity) * Decimal(price) for quantity, price in worth) > 20_000


def test_orders_that_the_venue_makes_itself_at_one_moment_are_booked_one_after_the_other(tmp_path: Path) -> None:
    stage, share, quarter = Stage(tmp_path), "SPY=STK.SMART", Step.parse("15m")
    expiry = USEQUITY.last_close(MONDAY // (24 * HOUR) + 4)
    path = np.concatenate([np.linspace(600, 660, 300), np.linspace(660, 560, 160), np.full(240, 560.0)])
    bars = bars_along(path, quarter)
    bars = bars.take(clear_of_session(bars.ts, quarter))
    stage.bars(share, quarter, bars)
    quoted = np.flatnonzero((bars.ts % (HOUR // 2) == 0) & (bars.ts < expiry))
    rng = np.random.default_rng(1)
    puts = {strike: put(rng, strike, bars.ts[quoted], bars.close[quoted], expiry) for strike in range(570, 640, 10)}
    stage.puts(share, expiry, puts)
    script = [{"bar": 4, "do": "spread", "stop": 0.005}, {"bar": 50, "do": "spread", "stop": 0.005}]
    specs = [{"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": script}}]
    play = stage.config(
        lane="options", instruments=[share], bar="15m", equity="100000 USD", strategies=specs, realism="fast"
    )
    assert told(play, stage.home)["differences"] == []
    at_once = "SELECT count(*) FROM fills GROUP BY ts ORDER BY 1 DESC"
    assert rows(stage, at_once)[0] == (8,)
