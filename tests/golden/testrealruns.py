# file: tests/golden/testrealruns.py
"""A few months of a real perpetual with its funding: profit, fees and funding recomputed from the report's own JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tradingbot import backtest as door
from tradingbot import data
from tradingbot.core.market.importers.importreport import Outcome
from tradingbot.core.market.series import Step
from tradingbot.core.time import from_iso

pytestmark = pytest.mark.realdata

COIN, PLACE = "BTCUSDT-LINEAR.BYBIT", "crypto_perp/bybit/BTCUSDT-PERP"
FIVE = Step.parse("5m")
LATE = 100_000_000
TAKER, MAKER, SPREAD, TICK = 0.00055, 0.0002, 1e-4, 0.1


@pytest.fixture(scope="module")
def run(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Import bars, marks and funding, and trade by a schedule for three months, long and short in turn."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADINGBOT_HOME", str(home))
        hourly = Step.parse("1h")
        for file, kind, step in ((".5m", "bars", FIVE), (".mark.1h", "marks", hourly), (".funding", "funding", None)):
            report = data.import_file(data.Request(realdata / f"{PLACE}{file}.parquet", COIN, kind, step))
            assert report.outcome is Outcome.IMPORTED
        cues: list[dict[str, Any]] = []
        for number, bar in enumerate(range(50, 26_000, 160)):
            side = ("long", "short")[number % 2]
            cues.append({"bar": bar, "do": side, "stop": 0.02, "target": (0.01, None)[number % 3 == 0]})
            cues.append({"bar": bar + 140, "do": "leave"})
        config = {
            "name": "real", "catalog": "catalog/main", "lane": "cryptofutures", "instruments": [COIN], "bar": "5m",
            "equity": "100000 USDT", "end": "2025-12-24",
            "strategies": [{"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": cues}}],
            "venue": {"depth": {"participation": 1, "impact": 0}},
        }  # fmt: skip
        (home / "real.json").write_text(json.dumps(config), encoding="utf-8")
        drawn = door.backtest(door.plan(home / "real.json"))
        found: dict[str, Any] = json.loads(drawn.result.to_json())
    return found


def columns(run: dict[str, Any]) -> dict[str, Any]:
    trades = run["trades"]
    names = ("quantity", "entry_price", "exit_price", "gross", "fees", "funding", "pnl")
    found: dict[str, Any] = {name: np.array([trade[name] for trade in trades]) for name in names}
    found["sign"] = np.array([1.0 if trade["side"] == "LONG" else -1.0 for trade in trades])
    found["target"] = np.array([trade["exit_reason"] == "target" for trade in trades])
    for name in ("entry_time", "exit_time"):
        found[name] = np.array([from_iso(trade[name]) for trade in trades], np.int64)
    return found


def test_there_is_enough_to_check(run: dict[str, Any]) -> None:
    reasons = {trade["exit_reason"] for trade in run["trades"]}
    assert len(run["trades"]) > 100
    assert {"stop", "target", "signal"} <= reasons
    assert sum(trade["funding"] != 0 for trade in run["trades"]) > 50


def test_profit_fees_and_equity_follow_from_prices_and_quantities(run: dict[str, Any]) -> None:
    found = columns(run)
    gross = found["sign"] * found["quantity"] * (found["exit_price"] - found["entry_price"])
    out = np.where(found["target"], MAKER, TAKER)
    fees = found["quantity"] * (found["entry_price"] * TAKER + found["exit_price"] * out)
    assert np.allclose(found["gross"], gross, rtol=0, atol=1e-4)
    assert np.allclose(found["fees"], fees, rtol=0, atol=1e-4)
    assert np.allclose(found["pnl"], gross - fees + found["funding"], rtol=0, atol=2e-4)
    held = sum(trade["pnl"] for trade in run["open"])
    assert run["summary"]["end_equity"] == pytest.approx(100_000 + found["pnl"].sum() + held, abs=0.01)


def test_funding_is_what_the_venue_settled_on_what_was_held_at_its_mark(run: dict[str, Any], realdata: Path) -> None:
    found = columns(run)
    due, rate = _read(realdata / f"{PLACE}.funding.parquet", "rate")
    stamps, mark = _read(realdata / f"{PLACE}.mark.1h.parquet", "close")
    price = mark[np.searchsorted(stamps, due, side="right") - 1]
    held = (found["entry_time"][:, None] < due) & (found["exit_time"][:, None] >= due - 2_000)
    paid = -found["sign"] * found["quantity"] * (held * rate * price).sum(axis=1)
    assert np.allclose(found["funding"], paid, rtol=0, atol=1e-4)


def test_market_orders_fill_at_the_next_open_and_half_a_spread(run: dict[str, Any], realdata: Path) -> None:
    found = columns(run)
    close, opens = _read(realdata / f"{PLACE}.5m.parquet", "open")
    rows = np.searchsorted(close, found["entry_time"])
    assert np.array_equal(close[rows] - FIVE.ns + LATE, found["entry_time"])
    away = found["sign"] * (found["entry_price"] - opens[rows])
    assert np.all(away >= opens[rows] * SPREAD / 2 - 1e-6)
    assert np.all(away <= opens[rows] * SPREAD / 2 + TICK)


def _read(path: Path, name: str) -> tuple[Any, Any]:
    table = pq.read_table(path)
    return table["ts_event"].cast("int64").to_numpy(), table[name].to_numpy()
