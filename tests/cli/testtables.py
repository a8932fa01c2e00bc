# file: tests/cli/testtables.py
from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.operations.status.statefixture import START, StateRoom
from tradingbot.cli.app import app
from tradingbot.core.time import SECOND


@pytest.fixture
def room(home: Path) -> StateRoom:
    room = StateRoom(home)
    room.node("trend", wall=time.time_ns())
    room.equity("trend", 10_000, 10_300)
    room.trade("trend", 1, "250.5")
    held = ("Trend-000", "BTCUSDT-LINEAR.BYBIT", "0.5", "40000", START, "40400", "39188", "200")
    room.write("trend", ("positions", [held]))
    return room


def shown(*words: str) -> str:
    return CliRunner().invoke(app, ["status", *words]).output


def test_a_node_has_a_line_with_its_numbers(room: StateRoom) -> None:
    rows = [" ".join(line.split()) for line in shown().splitlines()]
    assert "trend cryptofutures [>] running 10,300 +300 USDT 1 1: +50 06-15 15:23" in rows
    # A home's path is as long as it is.
    assert max(map(len, shown().replace(str(room.home), "~").splitlines())) <= 100


def test_json_has_the_nodes_beside_the_lanes(room: StateRoom) -> None:
    answer = json.loads(shown("--json"))
    assert list(answer) == ["lanes", "nodes", "feeds", "switches"]
    (node,) = answer["nodes"]
    assert node["heard"].startswith("20")
    del node["heard"]
    assert node == {
        "node": "trend", "lane": "cryptofutures", "state": "running", "sentence": "", "bars": 12,
        "market": "2025-06-15T15:23:20Z", "equity": "10300",
        "net_pnl": "300", "realised_pnl": "250.5", "open_pnl": "49.5",
        "currency": "USDT", "trades": 1,
        "positions": 1, "feed": "replay", "warming_up": False, "checkpoint": None,
    }  # fmt: skip


def test_amounts_in_json_have_no_exponent(room: StateRoom) -> None:
    room.node("flat", wall=time.time_ns())
    room.write("flat", ("equity", [(START, "10000.00000000", "10000.00000000")]))
    room.trade("flat", 1, "0E-8")
    flat, _trend = json.loads(shown("--json"))["nodes"]
    assert {flat[name] for name in ("net_pnl", "realised_pnl", "open_pnl")} == {"0.00000000"}


def test_what_is_wrong_with_a_node_is_told_below(room: StateRoom) -> None:
    room.node("trend", wall=time.time_ns() - 5 * SECOND)
    assert "note: trend: last heartbeat 5 s ago" in shown()
    room.node("trend", state="failed", sentence="the disk is full")
    assert "[!] failed" in shown()
    assert "note: trend: the disk is full" in shown()
    room.trade("trend", 2, "much")
    assert "[!] unknown" in shown()
    assert "note: trend: its state cannot be read: " in shown()


def test_nothing_heavy_is_loaded_to_look_at_nodes(room: StateRoom) -> None:
    script = (
        "import sys; sys.argv = ['tradingbot', 'status', '--json']\n"
        "from tradingbot.cli.app import main\n"
        "main()\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'nautilus_trader', 'rich.table'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"trend"' in done.stdout
