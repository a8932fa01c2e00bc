# file: tests/cli/testup.py
from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import numpy as np
import pytest

from tests.golden.catalogfixture import MONDAY, Stage, bars_along
from tradingbot.core.errors import RunFailed
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.operations.status.nodereader import NodeReader

PROGRAM = (sys.executable, "-c", "from tradingbot.cli.app import main; main()")
PATIENCE_S = 60.0


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen([*PROGRAM, *words], stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def runtime(home: Path) -> Path:
    """A runtime.json that names a node whose config is not there."""
    (home / "config").mkdir()
    values = {"paper": [{"config": "gone.json", "name": "red"}], "dashboard": {"on": False}}
    path = home / "config" / "runtime.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


def until(words: IO[str] | None, sign: str) -> list[str]:
    assert words is not None
    found: list[str] = []
    for line in words:
        found.append(line.rstrip())
        if sign in line:
            return found
    raise AssertionError(f"no {sign} in {found}")


def test_a_node_that_cannot_run_is_stopped_in_words_and_up_stays_until_it_is_stopped(runtime: Path, home: Path) -> None:
    with started("up") as up:
        first, *told = until(up.stdout, "crash loop, stopped")
        up.terminate()
        rest, complaint = up.communicate(timeout=PATIENCE_S)
    assert (up.returncode, complaint) == (0, "")
    assert first.startswith(f"What the processes write is in {home / 'logs' / 'runtime'}; Ctrl-C stops")
    assert [line[9:].partition(":")[0] for line in told] == [
        " [+] supervisor up", " [+] red started", " [x] red crash loop, stopped",
    ]  # fmt: skip
    assert "ended with exit code 2 (bad input) after " in told[-1]
    assert told[-1].endswith("gone.json was not found")
    assert rest.splitlines()[-1].endswith(" [ ] supervisor down: everything has ended")


def test_the_same_as_json_is_one_object_a_line(runtime: Path) -> None:
    with started("up", "--json", "--only", "red") as up:
        first, *told = map(json.loads, until(up.stdout, "given_up"))
        up.terminate()
        rest, complaint = up.communicate(timeout=PATIENCE_S)
    assert (up.returncode, complaint) == (0, "")
    assert first == {"processes": ["red"], "link": ""}
    assert [event["kind"] for event in told] == ["up", "started", "given_up"]
    assert told[-1].keys() == {"at", "process", "kind", "sentence"}
    assert json.loads(rest.splitlines()[-1])["kind"] == "down"


def test_the_link_is_the_first_that_is_said(runtime: Path) -> None:
    values = {"dashboard": {"port": 8421, "host": "localhost"}}
    runtime.write_text(json.dumps(values), encoding="utf-8")
    with started("up") as up:
        assert until(up.stdout, "\n") == ["Dashboard: http://localhost:8421/"]
        until(up.stdout, "started")
        up.terminate()
        up.communicate(timeout=PATIENCE_S)
    assert up.returncode == 0


def test_a_name_that_is_not_there_is_refused(runtime: Path) -> None:
    with started("up", "--only", "gold") as up:
        _, complaint = up.communicate(timeout=PATIENCE_S)
    assert up.returncode != 0
    assert "--only was gold, allowed are red" in complaint


COIN, STEP = "BTCUSDT-LINEAR.BYBIT", Step.parse("5m")
CUES = [{"bar": 3, "do": "long", "stop": 0.01}, {"bar": 9, "do": "leave"}, {"bar": 12, "do": "short", "stop": 0.01}]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    rng = np.random.default_rng(3)
    stage.bars(COIN, STEP, bars_along(40_000 * np.exp(np.cumsum(rng.normal(0, 1e-3, 41))), STEP, volume=300.0))
    spec = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": CUES}}
    stage.config(lane="cryptofutures", instruments=[COIN], bar="5m", equity="10000 USDT", strategies=[spec])
    return stage


def called(stage: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TRADINGBOT_HOME": str(stage.home), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [*PROGRAM, *words]
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=PATIENCE_S)


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
    spec = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": cues}}
    path = stage.config(lane="cryptofutures", instruments=[COIN], bar="1h", equity="10000 USDT", strategies=[spec])
    result = _stopped(stage, path, "--speed", "1", "--fast-until", "2025-01-09T00:30:00Z")
    assert (result["start"], result["end"]) == ("2025-01-06T00:00:00Z", "2025-01-09T00:00:00Z")
    (view,) = NodeReader(stage.home, lambda: MONDAY).views()
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
    command = [*PROGRAM, "paper", str(path), "--json", *words]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as node:
        try:
            while node.poll() is None and _bars(stage) < 72:
                pass
            node.send_signal(signal.SIGTERM)
            out, err = node.communicate(timeout=PATIENCE_S)
        finally:
            node.kill()
    assert node.returncode == 0, err
    answer: dict[str, Any] = json.loads(out)
    return answer


def _bars(stage: Stage) -> int:
    try:
        with open_state_file(stage.home / "state" / "play.db") as database:
            return int(database.execute("SELECT count(*) FROM bars").fetchone()[0])
    except (RunFailed, sqlite3.Error):
        return 0


PASSWORD = "long enough now"  # noqa: S105 - opens nothing


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_links_and_ends_in_order_although_a_page_is_open(number: int) -> None:
    port = _free_port()
    with started("dashboard", "--port", str(port)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Dashboard: http://127.0.0.1:{port}/\n"
        assert "No account yet" in process.stdout.readline()
        link = process.stdout.readline().strip()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE_S) as browser:
            entered = {"name": "ann", "password": PASSWORD}
            half = {"content-type": "multipart/form-data; boundary=b"}
            assert browser.post("/login", headers=half, content=b"half").status_code == 400
            assert browser.post(link, data=entered).headers["location"] == "/login"
            assert browser.post("/login", data=entered).headers["location"] == "/"
            with browser.stream("GET", "/events") as stream:
                lines = stream.iter_lines()
                assert next(line for line in lines if line.startswith("event: ")) == "event: lane"
                process.send_signal(number)
                assert [line for line in lines if line.startswith("event: ended")] == []
        out, err = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, out, err) == (0, "", "")


def test_it_does_not_listen_beyond_the_machine_without_account_and_tls(home: Path) -> None:
    with started("dashboard", "--host", "0.0.0.0") as process:  # noqa: S104 - refused
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (3, "")
    assert err == (
        "tradingbot: host was 0.0.0.0, allowed is 127.0.0.1 as long as there is no account"
        " and no TLS (certificate and key)\n"
    )
    assert not (home / "state" / "access.db").exists()


def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started("dashboard", "--port", str(port)) as process:
            out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (4, "")
    assert err == f"tradingbot: the dashboard cannot listen on 127.0.0.1, port {port}: Address already in use\n"
