# file: tests/golden/testdrawdown.py
"""Drawdown is of equity marked at every bar, the same in report, gate, kill, paper node and dashboard."""

from __future__ import annotations

import math
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.core.runtime.paperrun import told
from tests.golden.catalogfixture import HOUR, MONDAY, OPEN, Stage, bars_along
from tests.golden.scriptedstrategy import seen
from tradingbot.core.config.validation import RegimeLimits
from tradingbot.core.market.series import Step
from tradingbot.core.portfolio.drawdown import longest_drawdown, max_drawdown
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.market import open_planned_market, plan
from tradingbot.core.runtime.result import Result
from tradingbot.core.runtime.runrecord import record_of
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.core.validation.evidence import evidence_of
from tradingbot.core.validation.stress.regimes import regimes
from tradingbot.operations.status.nodehistory import NodeHistory, performance_of

COIN, STEP = "BTCUSDT-LINEAR.BYBIT", Step.parse("1h")
FEE = Decimal("0.00055")

CLOSES = (
    [40_000.0] * 3
    + [40_000.0 + 1_500 * hour for hour in range(1, 9)]  # 52,000 when the bar of 10:00 closes
    + [49_400.0, 46_800.0, 44_200.0, 41_600.0]  # 41,600 at 14:00
    + [43_680.0, 45_760.0, 47_840.0, 49_920.0, 52_000.0]  # 52,000 again at 19:00
    + [52_000.0] * 30
)
FIELDS: dict[str, Any] = {
    "lane": "cryptofutures", "instruments": [COIN], "bar": "1h", "equity": "10000 USDT",
    "venue": {"spread": {"ticks": 0, "bps": 0}, "depth": {"participation": 1, "impact": 0}},
}  # fmt: skip
CUES = [{"bar": 2, "do": "long", "stop": 0.01}, {"bar": 20, "do": "leave"}]

# Two percent of 10,000 are lost 1 % away: 20,000 of coin, 0.5. At 52,000 it has made 6,000.
PEAK = 10_000 - 20_000 * FEE + 6_000 - 26_000 * FEE
TROUGH = 10_000 - 20_000 * FEE + 800 - 20_800 * FEE
FALL = float(1 - TROUGH / PEAK)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    bars = bars_along(CLOSES, STEP)
    stage.bars(COIN, STEP, bars)
    return stage


def risk(**kill: Any) -> dict[str, Any]:
    return OPEN | {"risk_fraction": 0.02, "max_position_leverage": 50, "kill": kill}


def puppet(cues: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": cues}}]


def hours(result: Result) -> list[tuple[int, Decimal]]:
    return [((point.ts - MONDAY) // HOUR, point.equity) for point in result.equity]


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_a_fall_of_a_third_within_a_day_is_reported_as_a_third(realism: str, stage: Stage) -> None:
    result = stage.play(CUES, risk=risk(), realism=realism, **FIELDS).result
    assert round(FALL, 3) == 0.325
    assert result.summary.max_drawdown == pytest.approx(FALL, abs=1e-12)
    assert (10, PEAK) in hours(result)
    assert (14, TROUGH) in hours(result)
    # From the peak at 10:00 until equity is back at it at 19:00.
    assert result.summary.longest_drawdown_days == pytest.approx(9 / 24)
    assert (
        result.summary.calmar is None
        or result.summary.cagr is None
        or result.summary.calmar == pytest.approx(result.summary.cagr / FALL)
    )
    # Nothing of it is left at midnight, where daily returns are taken.
    assert result.summary.end_equity == 10_000 + result.trades[0].pnl
    assert len(result.trades) == 1


def test_the_gate_sees_it_in_its_criterion_its_resampled_paths_and_its_regimes(stage: Stage) -> None:
    planned = plan(stage.config(strategies=puppet(CUES), risk=risk(), **FIELDS))
    market, _ = open_planned_market(planned)
    outcome = run_backtest(planned, market)
    evidence = evidence_of(record_of(planned.config, market, outcome, {}, synthetic=False))
    assert max_drawdown(evidence.growth) == 0.0
    assert evidence.drawdown == pytest.approx(FALL, abs=1e-12)
    assert evidence.intraday.fall.tolist() == pytest.approx([FALL, 0.0, 0.0], abs=1e-12)
    limits = RegimeLimits(max_drawdown=0.15, t=-2, days=1)
    days = evidence.days
    found, _ = regimes(evidence, days, np.zeros(len(days), dtype=np.int64), limits, 365)
    assert found[0].measured.max_drawdown == pytest.approx(FALL, abs=1e-12)
    assert found[0].answer == "fail"


def first_beyond(limit: float) -> int:
    """Return the first hour at which equity is `limit` below its peak, by hand from the closes."""
    peak = 10_000.0
    for hour, close in enumerate(CLOSES[1:], start=1):
        if hour < 3:
            continue
        equity = 10_000 - 11 + 0.5 * (close - 40_000) - 0.5 * close * 0.00055
        peak = max(peak, equity)
        if 1 - equity / peak >= limit:
            return hour
    raise AssertionError("it never falls so far")


@pytest.mark.parametrize("limit", [0.05, 0.1, 0.2, 0.3])
def test_a_kill_by_drawdown_fires_at_the_first_bar_beyond_the_limit(limit: float, stage: Stage) -> None:
    result = stage.play(CUES, risk=risk(drawdown=limit), automatic_kill=True, **FIELDS).result
    (kill, *_) = [event for event in result.events if event.kind == "kill"]
    assert (kill.ts - MONDAY) / HOUR == first_beyond(limit)
    assert kill.sentence.startswith("killed by the lane's own watch: equity is ")
    # What is profitable is left.
    assert [trade.exit_reason for trade in result.trades] == ["kill"]


def test_a_kill_by_the_days_loss_counts_what_is_open(stage: Stage) -> None:
    path = [40_000.0] * 26 + [39_990.0, 39_900.0, 39_800.0, 39_700.0, *[40_000.0] * 4]
    (stage.home / "falling").mkdir()
    falling = Stage(stage.home / "falling")
    falling.bars(COIN, STEP, bars_along(path, STEP))
    cues = [{"bar": 3, "do": "long", "stop": 0.01}]
    result = falling.play(cues, risk=risk(daily_loss=0.01), automatic_kill=True, **FIELDS).result
    (kill, *_) = [event for event in result.events if event.kind == "kill"]
    # The day before began at 10,000 and cost the fees: Tuesday begins at 9,978. A hundredth of it, 99.78, is lost when
    # 0.5 has lost 200 a coin: at 39,800.
    assert (kill.ts - MONDAY) // HOUR == 28
    said = "today lost 99.94, open positions included, the limit is 99.78 (1.00% of equity)"
    assert kill.sentence == f"killed by the lane's own watch: {said}"


@settings(max_examples=12, deadline=None, phases=[Phase.generate])
@given(st.integers(0, 2**32 - 1), st.sampled_from(["exact", "fast"]), st.integers(0, 4))
def test_it_is_the_drawdown_of_equity_recounted_from_the_fills_at_every_bar(
    seed: int, realism: str, ticks: int
) -> None:
    rng = np.random.default_rng(seed)
    closes = np.round(40_000 * np.exp(np.cumsum(rng.normal(0, 0.006, 140))), 1)
    cues: list[dict[str, Any]] = []
    for bar in range(2, 130, int(rng.integers(7, 30))):
        side = "long" if rng.random() < 0.5 else "short"
        cues += [{"bar": bar, "do": side, "stop": 0.02}, {"bar": bar + int(rng.integers(2, 25)), "do": "leave"}]
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        bars = bars_along(closes, STEP)
        stage.bars(COIN, STEP, bars)
        venue = FIELDS["venue"] | {"spread": {"ticks": ticks, "bps": 0}}
        found = stage.play(cues, risk=risk(), realism=realism, **(FIELDS | {"venue": venue})).result
    curve = [
        10_000.0,
        *(_recounted(float(close), int(ts), ticks) for ts, close in zip(bars.ts, bars.close, strict=True)),
    ]
    assert found.summary.max_drawdown == pytest.approx(max_drawdown(np.array(curve)), abs=1e-11)
    ts = np.array([MONDAY, *bars.ts.tolist()])
    # A float cannot tell a peak that was reached again from one that was missed by its last digit.
    assert found.summary.longest_drawdown_days == pytest.approx(longest_drawdown(ts, np.round(curve, 7)))
    assert float(found.summary.end_equity) == pytest.approx(curve[-1], abs=1e-6)


def _recounted(close: float, ts: int, ticks: int) -> float:
    """Return the cash of all fills until a bar's close, and what leaving the rest at the touch would bring."""
    fills = [fill for fill in seen if fill.ts <= ts]
    cash = sum(-float(fill.signed * fill.price) - float(fill.commission) for fill in fills)
    held = float(sum(fill.signed for fill in fills))
    half = ticks * 0.1 / 2
    bid, ask = math.floor((close - half) / 0.1 + 1e-6) * 0.1, math.ceil((close + half) / 0.1 - 1e-6) * 0.1
    touch = bid if held > 0 else ask
    return 10_000 + cash + held * touch - abs(held) * touch * 0.00055


def test_backtest_paper_and_dashboard_agree_to_the_cent(stage: Stage) -> None:
    events = [{"at": "2025-01-06T12:30:00Z", "withdraw": "500 USDT"}]
    result = stage.play(CUES, risk=risk(), events=events, **FIELDS).result
    config = stage.config(strategies=puppet(CUES), risk=risk(), events=events, **FIELDS)
    answer = told(config, stage.home)
    assert answer["differences"] == []
    assert answer["equity"] == [[point.ts, str(point.equity)] for point in result.equity]
    with open_state_file(stage.home / "state" / "play.db") as database:
        book = NodeHistory(MONDAY, Decimal(10_000))
        book.read(database)
        rows = dict(database.execute("SELECT ts, equity FROM equity").fetchall())
    curve = {ts: Decimal(equity) for ts, equity in answer["equity"]}
    marks = {ts: Decimal(equity) for ts, equity in rows.items()}
    assert {ts for ts in curve if ts in marks and curve[ts] != marks[ts]} == set()
    # At 46,800 there are 13,376.13, of which 500 are taken out; what is left falls to the trough less 500.
    before = 10_000 - 20_000 * FEE + 3_400 - 23_400 * FEE
    fall = float(1 - before / PEAK * (TROUGH - 500) / (before - 500))
    assert performance_of(book, 365).max_drawdown == pytest.approx(fall, abs=1e-12)
    assert result.summary.max_drawdown == pytest.approx(fall, abs=1e-12)


def test_a_paper_node_kills_itself_at_the_bar_at_which_its_backtest_does(stage: Stage) -> None:
    config = stage.config(strategies=puppet(CUES), risk=risk(drawdown=0.1), automatic_kill=True, **FIELDS)
    assert told(config, stage.home)["differences"] == []
    with open_state_file(stage.home / "state" / "play.db") as database:
        (kill,) = database.execute("SELECT ts FROM happenings WHERE kind = 'kill'").fetchall()
    assert (kill["ts"] - MONDAY) / HOUR == first_beyond(0.1)
