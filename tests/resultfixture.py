# file: tests/resultfixture.py
"""A backtest that never ran: a seeded market, trades in it, and the books that follow from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pytest

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.execution.record import LaneEvent
from tradingbot.core.lane import Lane
from tradingbot.core.messages.approval import Refused
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.metrics import buy_and_hold_curve, summary
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.decisions import IntentCounts
from tradingbot.core.runtime.result import Result, RunProvenance, WarningFacts
from tradingbot.core.time import DAY, SECOND, from_iso
from tradingbot.reports.backtest.warnings import with_warnings

BAR = 900 * SECOND
START = from_iso("2023-01-01T00:00:00Z")
REASONS = ("stop", "target", "signal", "time")


@dataclass(frozen=True)
class Fake:
    """A result with what the report draws beside it."""

    result: Result
    facts: WarningFacts
    prices: dict[str, tuple[Ints, Floats, Floats, Floats]]
    hold: tuple[Ints, Floats]


@pytest.fixture(scope="session")
def fake() -> Callable[..., Fake]:
    return make_fake


@pytest.fixture(scope="session")
def usual() -> Fake:
    """Two instruments, a year and a half, some hundred trades."""
    return make_fake()


@pytest.fixture(scope="session")
def empty() -> Fake:
    """A run in which nothing was traded."""
    return make_fake(trades=0, refused=0)


def make_fake(
    seed: int = 7, days: int = 540, trades: int = 260, refused: int = 37, lane: Lane = Lane.CRYPTOFUTURES
) -> Fake:
    rng = np.random.default_rng(seed)
    prices = {
        "BTCUSDT-LINEAR.BYBIT": _prices(rng, days, 22000.0),
        "ETHUSDT-LINEAR.BYBIT": _prices(rng, days, 1600.0),
    }
    end = START + days * DAY
    made = sorted((_trade(rng, prices) for _ in range(trades)), key=lambda trade: trade.exit_time or 0)
    closed = [replace(trade, id=number) for number, trade in enumerate(made, 1)]
    equity = _equity(rng, closed, end)
    hold = buy_and_hold_curve({name: (columns[0], columns[3]) for name, columns in prices.items()}, START, end)
    result = Result(
        name="Channel breakout on two perpetuals",
        lane=lane,
        realism="exact",
        currency="USDT",
        instruments=tuple(prices),
        bar="15m",
        start=START,
        end=end,
        strategies=({"path": "strategies.trendfollow:TrendFollow", "params": {"channel": 48, "stop_atr": 2.5}},),
        synthetic=True,
        data_label="seeded synthetic market",
        summary=summary(closed, equity, days_per_year=lane.days_per_year, buy_and_hold=float(hold[1][-1] - 1)),
        trades=closed,
        open=(),
        equity=equity,
        intents=IntentCounts(trades + refused, {"exposure-cap": refused} if refused else {}, {}),
        refused=[_refused(rng, number) for number in range(refused)],
        cut=[],
        events=[LaneEvent(START + 3 * DAY, "kill", "killed by ann: a drill")] if refused else [],
        run=_run(),
    )
    facts = WarningFacts(bar_ns=BAR, fills=2 * trades)
    return Fake(with_warnings(result, facts), facts, prices, hold)


def _prices(rng: np.random.Generator, days: int, first: float) -> tuple[Ints, Floats, Floats, Floats]:
    count = days * DAY // BAR
    close = first * np.exp(np.cumsum(rng.standard_t(4, count) * 0.0021 + 0.000006))
    spread = close * np.abs(rng.normal(0, 0.002, count))
    ts = START + BAR * np.arange(1, count + 1, dtype=np.int64)
    return ts, close - spread, close + spread, close


def _trade(rng: np.random.Generator, prices: dict[str, tuple[Ints, Floats, Floats, Floats]]) -> Trade:
    instrument = str(rng.choice(sorted(prices)))
    ts, _, _, close = prices[instrument]
    entry = int(rng.integers(0, len(ts) - 500))
    leave = entry + 2 + int(rng.exponential(90)) % 490
    side = 1 if rng.random() < 0.55 else -1
    before, after = (Decimal(f"{close[row]:.2f}") for row in (entry, leave))
    quantity = Decimal(f"{2500 / close[entry]:.3f}")
    edge = Decimal(f"{rng.normal(7, 4):.2f}")
    after += side * edge / quantity
    gross = side * quantity * (after - before)
    notional = quantity * (after + before)
    fees, funding = notional * Decimal("0.00055"), Decimal(f"{rng.normal(-0.4, 0.8):.4f}")
    return Trade(
        id=0,
        strategy="TrendFollow-BTC" if instrument.startswith("BTC") else "TrendFollow-ETH",
        instrument=instrument,
        side="LONG" if side > 0 else "SHORT",
        quantity=quantity,
        entry_time=int(ts[entry]),
        entry_price=before,
        exit_time=int(ts[leave]),
        exit_price=after,
        multiplier=Decimal(1),
        gross=gross,
        fees=fees,
        funding=funding,
        pnl=gross - fees + funding,
        slippage=notional * Decimal("0.0002"),
        notional=quantity * before,
        traded_notional=notional,
        exit_reason=str(rng.choice(REASONS)),
        fills=2,
        risked=notional / 100,
    )


def _equity(rng: np.random.Generator, trades: list[Trade], end: int) -> list[EquityPoint]:
    booked = {trade.exit_time or 0: Decimal() for trade in trades}
    for trade in trades:
        booked[trade.exit_time or 0] += trade.pnl
    points, worth = [EquityPoint(START, Decimal(10000))], Decimal(10000)
    for ts in sorted({*booked, *range(START + DAY, end, DAY), end}):
        worth += booked.get(ts, Decimal())
        floating = Decimal(f"{rng.normal(0, 12):.2f}") if trades and ts not in booked and ts != end else Decimal()
        points.append(EquityPoint(ts, worth + floating))
    return points


def _refused(rng: np.random.Generator, number: int) -> Refused:
    rule = str(rng.choice(["stop-required", "max-positions", "exposure-cap"], p=[0.1, 0.3, 0.6]))
    sentence = "exposure of BTCUSDT-LINEAR.BYBIT would be 5110.00 USDT, limit is 5000.00"
    return Refused(
        "TrendFollow-BTC", "BTCUSDT-LINEAR.BYBIT", START + number * DAY, rule, "5110.00", "5000.00", sentence
    )


def _run() -> RunProvenance:
    return RunProvenance(
        versions={"python": "3.13.5", "nautilus_trader": "2.0.0rc7", "numpy": "2.3.1", "tradingbot": "0.1.0"},
        config_sha256="1f" * 32,
        code_sha256="2e" * 32,
        data_sha256="3d" * 32,
        seed=7,
        command="tradingbot backtest config/backtests/cryptofutures.json --html report.html --json result.json",
        realism_note="quotes between bars, 150 ms latency, depth from bar volume",
        bars=103_680,
        seconds=1.25,
    )
