# file: tests/reports/validation/samples.py
"""Validation records that never ran: a pass, a failure, insufficient evidence, a bare and a hollow one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel

from tradingbot.core.validation.record import (
    Answer,
    Criterion,
    Diagnostics,
    Fan,
    Fold,
    Origin,
    Path,
    Perturbation,
    Pooled,
    Regime,
    RunStats,
    Shock,
    TradeShuffle,
    TrialShare,
    TrialsSeen,
    ValidationRecord,
    Verdict,
)

DAYS = 1200
FOLDS = 5
FACTORS = (0.8, 0.9, 1.1, 1.2)
QUANTILES = ("5", "25", "50", "75", "95")
_NONE = RunStats(trades=0, net_pnl=0.0, realised_pnl=0.0, sharpe=None, profit_factor=None, max_drawdown=0.0)


class Scenario(NamedTuple):
    """What the variants differ in."""

    value: Any
    sharpe: float
    trades: int
    adjusted_p: float
    factor: float
    reason: str
    reasons: tuple[str, ...]
    settle: tuple[str, ...] = ()


SCENARIOS = {
    "pass": Scenario(
        "PASS", 3.12, 1104, 0.004, 1.94, "All 7 criteria, 6 shocks, 2 regimes and the perturbed parameters hold",
        ("Sharpe 3.12 is at least 2.00, and so is its whole 95 % interval",
         "the best of 214 trials without an edge looks this good with p 0.004"),
    ),
    "fail": Scenario(
        "FAIL", 0.42, 961, 0.612, 1.08, "Profit factor 1.08 misses 1.50, and its interval ends at 1.31",
        ("profit factor 1.08 misses 1.50, and its interval ends at 1.31", "max drawdown 18.4 % is past 15.0 %",
         "slippage x4 loses money", "61 % of the perturbations make money, 90 % must"),
    ),
    "insufficient": Scenario(
        "INSUFFICIENT_EVIDENCE", 2.24, 540, 0.031, 1.61, "318 effective trades of 500, and Sharpe 2.24 could be 1.31",
        ("318 effective trades, 500 must be there", "the interval of Sharpe 2.24 begins at 1.31, below 2.00"),
        ("About 182 more independent trades, or 7 more months like these", "20 trials fewer would not help: p 0.031"),
    ),
}  # fmt: skip


def _criteria(scenario: Scenario) -> tuple[Criterion, ...]:
    effective, looser = round(scenario.trades * 0.59, 1), scenario.value == "FAIL"
    fall, p, sharpe, factor = _fall(scenario.sharpe), scenario.adjusted_p, scenario.sharpe, scenario.factor

    def one(name: str, title: str, unit: Any, value: float, limit: float, at_least: bool, **more: Any) -> Criterion:
        holds = value >= limit if at_least else value <= limit
        edge = more.get("high" if at_least != holds else "low")
        clear = edge is None or (edge >= limit) == (holds == at_least)
        answer: Answer = "unsettled" if not clear else "pass" if holds else "fail"
        known = {"own_limit": limit, "answer": answer} | more
        return Criterion(name=name, title=title, unit=unit, value=value, limit=limit, at_least=at_least, **known)

    between: dict[str, Any] = {"low": round(sharpe - 0.93, 2), "high": round(sharpe + 0.93, 2)}
    factors: dict[str, Any] = {"low": round(factor * 0.83, 2), "high": round(factor * 1.21, 2)}
    settled: dict[str, Any] = {"answer": "pass" if effective >= 500 else "unsettled"}
    once = "Trades that overlap or resemble each other count as one."
    return (
        one("trades", "Trades", "count", scenario.trades, 500, True, why="Fewer say too little about any rate."),
        one("effective_trades", "Effective trades", "count", effective, 500, True, why=once, **settled),
        one(
            "sharpe", "Sharpe ratio", "", sharpe, 1.0 if looser else 2.0, True, own_limit=2.0, looser=looser,
            power=0.63, power_at=3.0, why="Yearly, from daily returns after costs.", **between,
        ),
        one(
            "profit_factor", "Profit factor", "", factor, 1.5, True, power=0.48, power_at=1.8,
            why="Winners' profit over losers' loss.", **factors,
        ),
        one(
            "max_drawdown", "Max drawdown", "share", fall, 0.15, False, low=fall * 0.7, high=fall * 1.5, power=0.81,
            power_at=0.1, answer="fail" if fall > 0.15 else "pass", why="From the last peak, marked to market.",
        ),
        one(
            "cvar", "CVaR 95 %, daily", "share", 0.0213, 0.025, False, own_limit=0.03, low=0.017, high=0.0248,
            why="Mean loss on the worst 5 % of days.",
        ),
        one(
            "adjusted_p", "Adjusted p-value", "p", p, 0.05, False, answer="pass" if p <= 0.05 else "fail", power=0.77,
            why="How often the best of all trials on record looks as good.",
        ),
    )  # fmt: skip


def sample(kind: str = "pass") -> ValidationRecord:
    """Return the record of a `pass`, a `fail`, or an `insufficient`, the same at every call."""
    scenario = SCENARIOS[kind]
    rng = np.random.default_rng(5)
    days = _dates("2021-06-29", DAYS)
    returns = _returns(scenario, rng)
    drawdowns = dict(zip(QUANTILES, (0.061, 0.078, 0.093, 0.112, 0.149), strict=True))
    diagnostics = Diagnostics(
        psr=0.998, dsr=0.871, expected_max_sharpe=1.38, pbo=0.114, min_track_record_days=1312.4,
        min_backtest_years=7.9, sharpe_se=0.47, autocorrelation=0.042,
    )  # fmt: skip
    return ValidationRecord(
        candidate="reversion BTCUSDT 15m",
        run="20250301T080000Z-9f31c2",
        verdict=Verdict(value=scenario.value, reason=scenario.reason, reasons=scenario.reasons, settle=scenario.settle),
        criteria=_criteria(scenario),
        pooled=Pooled(
            days=days,
            growth=tuple(np.round(np.cumprod(1 + returns), 6).tolist()),
            measured=_stats(scenario.sharpe, scenario.trades, scenario.factor),
            cvar=0.0213,
            effective_trades=round(scenario.trades * 0.59, 1),
            clusters=round(scenario.trades * 0.7),
        ),
        whole=_stats(scenario.sharpe + 0.21, scenario.trades * 2, scenario.factor + 0.08),
        folds=_folds(scenario, rng),
        paths=tuple(
            Path(number=number, sharpe=round(scenario.sharpe + step, 2), total_return=0.2 + step / 9, max_drawdown=0.11)
            for number, step in enumerate(rng.normal(0, 0.6, 9).tolist(), 1)
        ),
        perturbations=_perturbations(scenario, rng),
        perturbation_criterion="90 % of the perturbations make money and half of the Sharpe ratio stays",
        perturbation_answer="fail" if kind == "fail" else "pass",
        shocks=_shocks(scenario),
        regimes=_regimes(scenario),
        fan=_fan(days, returns, rng),
        reordering=TradeShuffle(observed=0.094, quantiles=drawdowns, resamples=1000),
        trials=_trials(scenario, rng),
        diagnostics=diagnostics,
        cautions=("Orders of more than 4 % of a bar's volume were filled 31 times.",),
        origin=_origin(),
    )


def bare() -> ValidationRecord:
    """Return a record in which everything that may be missing is missing."""
    return ValidationRecord(
        candidate="silent", run="r", criteria=(), whole=_NONE, folds=(), shocks=(), regimes=(), fan=None,
        perturbations=(), perturbation_criterion="", perturbation_answer="unsettled", reordering=None,
        verdict=Verdict(value="INSUFFICIENT_EVIDENCE", reason="Nothing was traded"),
        pooled=Pooled(days=(), growth=(), measured=_NONE, cvar=None, effective_trades=0.0, clusters=0),
        trials=TrialsSeen(recorded=0, counted=0, adjusted_p=None, own_p=None, t=None, resamples=0, head=""),
        diagnostics=Diagnostics(**dict.fromkeys(Diagnostics.model_fields)),
        origin=_origin().model_copy(update={"parts": {}, "versions": {}, "strategies": (), "synthetic": False}),
    )  # fmt: skip


def hollow() -> ValidationRecord:
    """Return a record in which every list has its entries and every number that may be undefined is."""
    full = sample("insufficient")
    nothing: dict[str, Any] = {
        "value": None,
        "low": None,
        "high": None,
        "power": None,
        "power_at": None,
        "answer": "unsettled",
    }
    return full.model_copy(
        update={
            "criteria": _each(full.criteria, **nothing),
            "whole": _NONE,
            "folds": _each(full.folds, chosen={}, in_sample_sharpe=None, test=_NONE),
            "paths": _each(full.paths, sharpe=None),
            "perturbations": _each(full.perturbations, measured=None),
            "shocks": _each(full.shocks, measured=_NONE),
            "regimes": _each(full.regimes, measured=_NONE),
            "diagnostics": bare().diagnostics,
        }
    )


def _each(records: Sequence[BaseModel], **fields: Any) -> tuple[Any, ...]:
    return tuple(one.model_copy(update=fields) for one in records)


def _dates(first: str, count: int, step: int = 1) -> tuple[str, ...]:
    return tuple(str(date.fromisoformat(first) + timedelta(days=step * number)) for number in range(count))


def _stats(sharpe: float, trades: int, factor: float) -> RunStats:
    net, realised = (round(worth * sharpe - 500, 2) for worth in (1800, 1700))
    return RunStats(
        trades=trades, net_pnl=net, realised_pnl=realised, sharpe=sharpe, profit_factor=factor,
        max_drawdown=_fall(sharpe),
    )  # fmt: skip


def _fall(sharpe: float) -> float:
    return 0.184 if sharpe < 1 else 0.094


def _returns(scenario: Scenario, rng: np.random.Generator) -> Any:
    drawn = rng.standard_t(5, DAYS) * 0.0055
    return drawn - drawn.mean() + scenario.sharpe / np.sqrt(365) * drawn.std()


def _folds(scenario: Scenario, rng: np.random.Generator) -> tuple[Fold, ...]:
    edges = [f"{day}T00:00:00Z" for day in _dates("2020-11-01", FOLDS + 2, 240)]
    return tuple(
        Fold(
            number=number, train_start=edges[0], train_end=edges[number], test_start=edges[number],
            test_end=edges[number + 1], purged=int(rng.integers(0, 9)), candidates=24,
            chosen={"lookback": 20 + 4 * number, "entry_z": 2.1, "side": "both"},
            in_sample_sharpe=round(scenario.sharpe + 0.9 + step / 2, 2),
            test=_stats(
                round(scenario.sharpe + step, 2), scenario.trades // FOLDS, round(scenario.factor + step / 5, 2)
            ),
        )
        for number, step in enumerate(rng.normal(0, 0.8, FOLDS).tolist(), 1)
    )  # fmt: skip


def _perturbations(scenario: Scenario, rng: np.random.Generator) -> tuple[Perturbation, ...]:
    weights = {"lookback": 0.7, "entry_z": 1.6, "exit_z": 0.3, "stop_atr": 0.9, "all": 1.9}
    runs = []
    for name, weight in weights.items():
        for factor in FACTORS:
            sharpe = scenario.sharpe + 0.21 - weight * abs(factor - 1) * 4 * abs(rng.normal(0.7, 0.4)) + 0.1
            measured = _stats(round(float(sharpe), 2), scenario.trades, scenario.factor)
            value = "see parts" if name == "all" else f"{20 * factor:.2f}"
            runs.append(Perturbation(parameter=name, factor=factor, value=value, measured=measured))
    refused = "max_hold was 0, allowed is 1 or more"
    return (*runs, Perturbation(parameter="max_hold", factor=0.8, value="0", measured=None, refused=refused))


def _shocks(scenario: Scenario) -> tuple[Shock, ...]:
    moderate, severe = "Sharpe >= 1.0, profit factor >= 1.2", "Sharpe >= 0, profit factor >= 1"
    shocks: Sequence[tuple[str, Any, float, float, str]] = (
        ("slippage x2", "slippage", 2, 0.35, moderate),
        ("slippage x4", "slippage", 4, 0.95, severe),
        ("latency x5", "latency", 5, 0.12, moderate),
        ("latency x10", "latency", 10, 0.31, severe),
        ("fees x1.5", "fees", 1.5, 0.44, moderate),
        ("all costs", "joint", 2, 1.02, severe),
    )
    runs = []
    for name, kind, factor, less, line in shocks:
        sharpe = round(scenario.sharpe + 0.21 - less, 2)
        answer: Answer = "pass" if sharpe >= (1.0 if line == moderate else 0.0) else "fail"
        measured = _stats(sharpe, scenario.trades * 2, scenario.factor)
        runs.append(Shock(name=name, kind=kind, factor=factor, measured=measured, criterion=line, answer=answer))
    return tuple(runs)


def _regimes(scenario: Scenario) -> tuple[Regime, ...]:
    line = "t >= -1.645, max drawdown <= 15 %"
    calm = _stats(scenario.sharpe + 0.5, scenario.trades // 2, scenario.factor)
    wild = _stats(scenario.sharpe - 0.5, 300, scenario.factor)
    return (
        Regime(name="low volatility", days=640, measured=calm, criterion=line, answer="pass"),
        Regime(name="high volatility", days=560, measured=wild, criterion=line, answer="unsettled"),
    )


def _fan(days: tuple[str, ...], returns: Any, rng: np.random.Generator) -> Fan:
    paths = np.cumprod(1 + rng.choice(returns, (400, DAYS)), axis=1)
    rows = np.quantile(paths, [float(name) / 100 for name in QUANTILES], axis=0)
    quantiles = {name: tuple(np.round(row, 5).tolist()) for name, row in zip(QUANTILES, rows, strict=True)}
    realised = tuple(np.round(np.cumprod(1 + returns), 6).tolist())
    return Fan(days=days, realised=realised, quantiles=quantiles, resamples=1000, block=4.6)


def _trials(scenario: Scenario, rng: np.random.Generator) -> TrialsSeen:
    strongest = tuple(
        TrialShare(label=f"reversion #{number}", who="optimise", purpose="search", when="2025-02-27T14:03:11Z", t=t)
        for number, t in enumerate(sorted(rng.uniform(1.2, 3.1, 5).round(2).tolist(), reverse=True), 41)
    )
    return TrialsSeen(
        recorded=231, counted=214, resamples=1000, own_p=0.0004, strongest=strongest,
        adjusted_p=scenario.adjusted_p, t=round(scenario.sharpe * 1.4, 2),
        head="4f1d0c7b9a2e8d3362f0c1a45be07781",
    )  # fmt: skip


def _origin() -> Origin:
    return Origin(
        command="tradingbot validate config/reversion.json --budget full --seed 7", seed=7, budget="full",
        config="config/reversion.json", start="2020-11-01T00:00:00Z", end="2024-10-13T00:00:00Z",
        lane="cryptofutures", bar="15m", currency="USDT", equity=10_000.0, recipe="", runs=38,
        instruments=("BTCUSDT-LINEAR.SIM", "ETHUSDT-LINEAR.SIM"),
        strategies=({"path": "strategies.reversion:Reversion", "params": {"lookback": 20, "entry_z": 2.1}},),
        synthetic=True,
        data_label="mean-reverting recipe, seed 3",
        parts={name: f"{number:064x}" for number, name in enumerate(("config", "data", "features", "source"), 10**15)},
        versions={"nautilus": "1.221.0", "numpy": "2.3.5", "tradingbot": "0.4.0"},
    )  # fmt: skip


EVERY = {**{kind: sample(kind) for kind in SCENARIOS}, "bare": bare(), "hollow": hollow()}
