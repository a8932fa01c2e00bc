# file: tests/testpapercli.py
from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.golden.stage import Stage, bars_along
from tradingbot.core.market.steps import Step

COIN, STEP = "BTCUSDT-LINEAR.BYBIT", Step.parse("5m")
CUES = [{"bar": 3, "do": "long", "stop": 0.01}, {"bar": 9, "do": "leave"}, {"bar": 12, "do": "short", "stop": 0.01}]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    rng = np.random.default_rng(3)
    stage.bars(COIN, STEP, bars_along(40_000 * np.exp(np.cumsum(rng.normal(0, 1e-3, 41))), STEP, volume=300.0))
    spec = {"path": "tests.golden.puppet:Puppet", "params": {"cues": CUES}}
    stage.config(lane="cryptofutures", instruments=[COIN], bar="5m", equity="10000 USDT", strategies=[spec])
    return stage


def called(stage: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TRADINGBOT_HOME": str(stage.home), "PYTHONPATH": os.pathsep.join(sys.path)}
    code = "from tradingbot.cli import main; main()"
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=60)


def test_a_config_trades_on_paper(stage: Stage) -> None:
    done = called(stage, "paper", str(stage.home / "play.json"), "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["run"]["realism_note"].startswith("Paper: the live node")
    assert result["run"]["bars"] == 40


def test_the_summary_says_where_the_state_is_and_until_ends_the_run(stage: Stage) -> None:
    done = called(stage, "paper", str(stage.home / "play.json"), "--until", "2025-01-06T01:00:00Z")
    assert done.returncode == 0, done.stderr
    assert "play.db" in done.stdout
    with closing(sqlite3.connect(stage.home / "state" / "play.db")) as database:
        assert database.execute("SELECT bars, state FROM heartbeat").fetchone() == (12, "finished")
