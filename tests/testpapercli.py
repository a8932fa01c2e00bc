# file: tests/testpapercli.py
from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.stage import MONDAY, Stage, bars_along
from tradingbot.core.errors import RunFailed
from tradingbot.core.market.steps import Step
from tradingbot.core.overview.shelf import Shelf
from tradingbot.core.runtime.statefile import reading

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
    assert "play.db" in done.stdout.replace("\n", "")
    with closing(sqlite3.connect(stage.home / "state" / "play.db")) as database:
        assert database.execute("SELECT bars, state FROM heartbeat").fetchone() == (12, "finished")


def test_a_node_that_is_stopped_within_a_bar_reports_what_the_dashboard_shows(tmp_path: Path) -> None:
    stage, hourly = Stage(tmp_path), Step.parse("1h")
    closes = 40_000 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 5e-3, 145)))
    stage.bars(COIN, hourly, bars_along(closes, hourly, volume=3_000.0))
    # It leaves at the open after bar 72, Thursday 00:00, and waits within bar 73 from its second third on.
    cues = [{"bar": bar, "do": "leave" if bar % 12 == 0 else "long", "stop": 0.05} for bar in range(6, 132, 6)]
    spec = {"path": "tests.golden.puppet:Puppet", "params": {"cues": cues}}
    path = stage.config(lane="cryptofutures", instruments=[COIN], bar="1h", equity="10000 USDT", strategies=[spec])
    result = _stopped(stage, path, "--speed", "1", "--fast-until", "2025-01-09T00:30:00Z")
    assert (result["start"], result["end"]) == ("2025-01-06T00:00:00Z", "2025-01-09T00:00:00Z")
    (view,) = Shelf(stage.home, lambda: MONDAY).views()
    found, shown = result["summary"], view.standing
    assert len(result["open"]) == 1
    assert (found["end_equity"], found["net_pnl"], found["trades"]) == (
        float(shown.equity or 0), float(shown.pnl), shown.trades,
    )  # fmt: skip
    ratios = [shown.sharpe, shown.sortino, shown.max_drawdown]
    rounded = [float(f"{value:.10g}") for value in ratios if value is not None]
    assert [found["sharpe"], found["sortino"], found["max_drawdown"]] == rounded
    (warning,) = [item["sentence"] for item in result["warnings"] if item["code"] == "stopped"]
    assert warning.startswith(
        "Stopped at 2025-01-09 00:00, its data goes on to 2025-01-12 00:00: every number is of the"
    )


def _stopped(stage: Stage, path: Path, *words: str) -> dict[str, Any]:
    """Return what a node reports that is asked to stop once it has written three days down."""
    environment = os.environ | {"TRADINGBOT_HOME": str(stage.home), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", "from tradingbot.cli import main; main()", "paper", str(path), "--json", *words]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as node:
        try:
            while node.poll() is None and _bars(stage) < 72:
                pass
            node.send_signal(signal.SIGTERM)
            out, err = node.communicate(timeout=60)
        finally:
            node.kill()
    assert node.returncode == 0, err
    answer: dict[str, Any] = json.loads(out)
    return answer


def _bars(stage: Stage) -> int:
    try:
        with reading(stage.home / "state" / "play.db") as database:
            return int(database.execute("SELECT count(*) FROM bars").fetchone()[0])
    except (RunFailed, sqlite3.Error):
        return 0
