# file: tests/core/runtime/testparitycheck.py
from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.core.runtime.paperrun import told
from tests.golden.stage import Stage, bars_along
from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.market.steps import Step
from tradingbot.core.runtime.parity import Cause
from tradingbot.core.runtime.paritycheck import check
from tradingbot.core.runtime.statefile import StateFile

COIN, STEP = "BTCUSDT-LINEAR.BYBIT", Step.parse("5m")
CUES = [{"bar": 3, "do": "long", "stop": 0.01}, {"bar": 9, "do": "leave"}, {"bar": 12, "do": "short", "stop": 0.01}]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state file of a node that has run."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    stage = Stage(tmp_path)
    rng = np.random.default_rng(3)
    stage.bars(COIN, STEP, bars_along(40_000 * np.exp(np.cumsum(rng.normal(0, 1e-3, 41))), STEP, volume=300.0))
    spec = {"path": "tests.golden.puppet:Puppet", "params": {"cues": CUES}}
    config = stage.config(lane="cryptofutures", instruments=[COIN], bar="5m", equity="10000 USDT", strategies=[spec])
    told(config, tmp_path, "max", "alone")
    return tmp_path / "state" / "play.db"


def changed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        assert database.execute(statement).rowcount > 0
        database.commit()


def test_a_node_of_bars_is_equal_to_its_backtest(state: Path) -> None:
    checked = check(state)
    assert checked.differences == []
    assert (checked.intents, checked.orders) == (2, 2)
    assert checked.fills >= 3


@pytest.mark.parametrize(
    ("statement", "cause"),
    [
        ("UPDATE fills SET price = '39000.0' WHERE number = 1", Cause.PRICE),
        ("UPDATE fills SET quantity = '0.001' WHERE number = 1", Cause.SIZE),
        ("UPDATE fills SET ts = ts + 1000000000 WHERE number = 1", Cause.TIMING),
        ("UPDATE decisions SET verdict = 'refused', rule = 'exposure_cap' WHERE number = 1", Cause.POLICY),
        ("DELETE FROM fills WHERE number = 1", Cause.POLICY),
    ],
)
def test_whatever_the_node_did_otherwise_is_found_with_its_cause(state: Path, statement: str, cause: Cause) -> None:
    changed(state, statement)
    assert [item.cause for item in check(state).differences] == [cause]


def test_what_the_node_could_not_see_is_missing_data(state: Path) -> None:
    changed(state, "DELETE FROM fills WHERE number = 1")
    changed(state, "DELETE FROM bars")
    assert [item.cause for item in check(state).differences] == [Cause.DATA]


def test_another_config_than_the_node_ran_is_refused(state: Path) -> None:
    path = state.parents[1] / "play.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"seed": 99}), encoding="utf-8")
    with pytest.raises(PolicyRefused, match="play: its config was changed since it ran"):
        check(state)


def test_a_file_without_a_run_is_refused(tmp_path: Path) -> None:
    StateFile(tmp_path / "new.db").close()
    with pytest.raises(RunFailed, match=r"new\.db holds no run yet"):
        check(tmp_path / "new.db")
