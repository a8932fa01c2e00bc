# file: tests/reports/validation/samples.py
"""Validations that never ran: numbers as a pass, a failure and an open question would have them, and a bare one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from tests.reports.validation.scenarios import TALES, Tale, criteria
from tradingbot.core.validation.record import (
    Answer,
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


def sample(kind: str = "pass") -> ValidationRecord:
    """Return the record of a `pass`, a `fail`, or an `insufficient`, the same at every call."""
    tale = TALES[kind]
    rng = np.random.default_rng(5)
    days = _dates("2021-06-29", DAYS)
    returns = _returns(tale, rng)
    return ValidationRecord(
        candidate="reversion BTCUSDT 15m",
        run="20250301T080000Z-9f31c2",
        verdict=Verdict(value=tale.value, reason=tale.reason, reasons=tale.reasons, settle=tale.settle),
        criteria=criteria(tale),
        pooled=Pooled(
            days=days,
            growth=tuple(np.round(np.cumprod(1 + returns), 6).tolist()),
            measured=_manner(tale.sharpe, tale.trades, tale.factor),
            cvar=0.0213,
            effective_trades=round(tale.trades * 0.59, 1),
            clusters=round(tale.trades * 0.7),
        ),
        whole=_manner(tale.sharpe + 0.21, tale.trades * 2, tale.factor + 0.08),
        folds=_folds(tale, rng),
        paths=tuple(
            Path(number=number, sharpe=round(tale.sharpe + step, 2), total_return=0.2 + step / 9, max_drawdown=0.11)
            for number, step in enumerate(rng.normal(0, 0.6, 9).tolist(), 1)
        ),
        perturbations=_perturbations(tale, rng),
        perturbation_criterion="90 % of the moves make money and half of the Sharpe ratio stays",
        perturbation_answer="fail" if kind == "fail" else "pass",
        shocks=_shocks(tale),
        regimes=_regimes(tale),
        fan=_fan(days, returns, rng),
        reordering=TradeShuffle(
            observed=0.094,
            quantiles=dict(zip(QUANTILES, (0.061, 0.078, 0.093, 0.112, 0.149), strict=True)),
            resamples=1000,
        ),
        trials=_trials(tale, rng),
        diagnostics=Diagnostics(
            psr=0.998,
            dsr=0.871,
            expected_max_sharpe=1.38,
            pbo=0.114,
            min_track_record_days=1312.4,
            min_backtest_years=7.9,
            sharpe_se=0.47,
            autocorrelation=0.042,
        ),
        cautions=("Orders of more than 4 % of a bar's volume were filled 31 times.",),
        origin=_origin(),
    )


def bare() -> ValidationRecord:
    """Return a record in which everything that may be missing is missing."""
    none = RunStats(trades=0, net_pnl=0.0, realised_pnl=0.0, sharpe=None, profit_factor=None, max_drawdown=0.0)
    return ValidationRecord(
        candidate="silent",
        run="r",
        verdict=Verdict(value="INSUFFICIENT_EVIDENCE", reason="Nothing was traded"),
        criteria=(),
        pooled=Pooled(days=(), growth=(), measured=none, cvar=None, effective_trades=0.0, clusters=0),
        whole=none,
        folds=(),
        perturbations=(),
        perturbation_criterion="",
        perturbation_answer="unsettled",
        shocks=(),
        regimes=(),
        fan=None,
        reordering=None,
        trials=TrialsSeen(recorded=0, counted=0, adjusted_p=None, own_p=None, t=None, resamples=0, head=""),
        diagnostics=Diagnostics(**dict.fromkeys(Diagnostics.model_fields)),
        origin=_origin().model_copy(update={"parts": {}, "versions": {}, "strategies": (), "synthetic": False}),
    )


def hollow() -> ValidationRecord:
    """Return a record in which every list has its entries and every number that may be undefined is."""
    full = sample("insufficient")
    none = RunStats(trades=0, net_pnl=0.0, realised_pnl=0.0, sharpe=None, profit_factor=None, max_drawdown=0.0)
    nothing = {"value": None, "low": None, "high": None, "power": None, "power_at": None, "answer": "unsettled"}
    return full.model_copy(
        update={
            "criteria": tuple(one.model_copy(update=nothing) for one in full.criteria),
            "whole": none,
            "folds": tuple(
                one.model_copy(update={"chosen": {}, "in_sample_sharpe": None, "test": none}) for one in full.folds
            ),
            "paths": tuple(one.model_copy(update={"sharpe": None}) for one in full.paths),
            "perturbations": tuple(one.model_copy(update={"measured": None}) for one in full.perturbations),
            "shocks": tuple(one.model_copy(update={"measured": none}) for one in full.shocks),
            "regimes": tuple(one.model_copy(update={"measured": none}) for one in full.regimes),
            "diagnostics": bare().diagnostics,
        }
    )


def _dates(first: str, count: int, step: int = 1) -> tuple[str, ...]:
    return tuple(str(date.fromisoformat(first) + timedelta(days=step * number)) for number in range(count))


def _manner(sharpe: float, trades: int, factor: float) -> RunStats:
    fall = 0.184 if sharpe < 1 else 0.094
    return RunStats(
        trades=trades,
        net_pnl=round(1800 * sharpe - 500, 2),
        realised_pnl=round(1700 * sharpe - 500, 2),
        sharpe=sharpe,
        profit_factor=factor,
        max_drawdown=fall,
    )


def _returns(tale: Tale, rng: np.random.Generator) -> Any:
    drawn = rng.standard_t(5, DAYS) * 0.0055
    return drawn - drawn.mean() + tale.sharpe / np.sqrt(365) * drawn.std()


def _folds(tale: Tale, rng: np.random.Generator) -> tuple[Fold, ...]:
    edges = [f"{day}T00:00:00Z" for day in _dates("2020-11-01", FOLDS + 2, 240)]
    return tuple(
        Fold(
            number=number,
            train_start=edges[0],
            train_end=edges[number],
            test_start=edges[number],
            test_end=edges[number + 1],
            purged=int(rng.integers(0, 9)),
            candidates=24,
            chosen={"lookback": 20 + 4 * number, "entry_z": 2.1, "side": "both"},
            in_sample_sharpe=round(tale.sharpe + 0.9 + step / 2, 2),
            test=_manner(round(tale.sharpe + step, 2), tale.trades // FOLDS, round(tale.factor + step / 5, 2)),
        )
        for number, step in enumerate(rng.normal(0, 0.8, FOLDS).tolist(), 1)
    )


def _perturbations(tale: Tale, rng: np.random.Generator) -> tuple[Perturbation, ...]:
    weights = {"lookback": 0.7, "entry_z": 1.6, "exit_z": 0.3, "stop_atr": 0.9, "all": 1.9}
    found = []
    for name, weight in weights.items():
        for factor in FACTORS:
            sharpe = tale.sharpe + 0.21 - weight * abs(factor - 1) * 4 * abs(rng.normal(0.7, 0.4)) + 0.1
            found.append(
                Perturbation(
                    parameter=name,
                    factor=factor,
                    value="see parts" if name == "all" else f"{20 * factor:.2f}",
                    measured=_manner(round(float(sharpe), 2), tale.trades, tale.factor),
                )
            )
    refused = "max_hold was 0, allowed is 1 or more"
    return (*found, Perturbation(parameter="max_hold", factor=0.8, value="0", measured=None, refused=refused))


def _shocks(tale: Tale) -> tuple[Shock, ...]:
    moderate, severe = "Sharpe >= 1.0, profit factor >= 1.2", "Sharpe >= 0, profit factor >= 1"
    shocks: Sequence[tuple[str, Any, float, float, str]] = (
        ("slippage x2", "slippage", 2, 0.35, moderate),
        ("slippage x4", "slippage", 4, 0.95, severe),
        ("latency x5", "latency", 5, 0.12, moderate),
        ("latency x10", "latency", 10, 0.31, severe),
        ("fees x1.5", "fees", 1.5, 0.44, moderate),
        ("all dearer", "joint", 2, 1.02, severe),
    )
    found = []
    for name, kind, factor, less, line in shocks:
        sharpe = round(tale.sharpe + 0.21 - less, 2)
        answer: Answer = "pass" if sharpe >= (1.0 if line == moderate else 0.0) else "fail"
        measured = _manner(sharpe, tale.trades * 2, tale.factor)
        found.append(Shock(name=name, kind=kind, factor=factor, measured=measured, criterion=line, answer=answer))
    return tuple(found)


def _regimes(tale: Tale) -> tuple[Regime, ...]:
    line = "t >= -1.645, deepest fall <= 15 %"
    calm, wild = _manner(tale.sharpe + 0.5, tale.trades // 2, tale.factor), _manner(tale.sharpe - 0.5, 300, tale.factor)
    return (
        Regime(name="low volatility", days=640, measured=calm, criterion=line, answer="pass"),
        Regime(name="high volatility", days=560, measured=wild, criterion=line, answer="unsettled"),
    )


def _fan(days: tuple[str, ...], returns: Any, rng: np.random.Generator) -> Fan:
    paths = np.cumprod(1 + rng.choice(returns, (400, DAYS)), axis=1)
    found = np.quantile(paths, [float(name) / 100 for name in QUANTILES], axis=0)
    quantiles = {name: tuple(np.round(row, 5).tolist()) for name, row in zip(QUANTILES, found, strict=True)}
    realised = tuple(np.round(np.cumprod(1 + returns), 6).tolist())
    return Fan(days=days, realised=realised, quantiles=quantiles, resamples=1000, block=4.6)


def _trials(tale: Tale, rng: np.random.Generator) -> TrialsSeen:
    strongest = tuple(
        TrialShare(label=f"reversion #{number}", who="optimise", purpose="search", when="2025-02-27T14:03:11Z", t=t)
        for number, t in enumerate(sorted(rng.uniform(1.2, 3.1, 5).round(2).tolist(), reverse=True), 41)
    )
    return TrialsSeen(
        recorded=231,
        counted=214,
        adjusted_p=tale.adjusted_p,
        own_p=0.0004,
        t=round(tale.sharpe * 1.4, 2),
        resamples=1000,
        head="4f1d0c7b9a2e8d3362f0c1a45be07781",
        strongest=strongest,
    )


def _origin() -> Origin:
    return Origin(
        command="tradingbot validate config/reversion.json --budget full --seed 7",
        config="config/reversion.json",
        seed=7,
        budget="full",
        start="2020-11-01T00:00:00Z",
        end="2024-10-13T00:00:00Z",
        instruments=("BTCUSDT-LINEAR.SIM", "ETHUSDT-LINEAR.SIM"),
        lane="cryptofutures",
        bar="15m",
        currency="USDT",
        equity=10_000.0,
        strategies=({"path": "strategies.reversion:Reversion", "params": {"lookback": 20, "entry_z": 2.1}},),
        recipe="",
        synthetic=True,
        data_label="mean-reverting recipe, seed 3",
        parts={name: f"{number:064x}" for number, name in enumerate(("config", "data", "features", "source"), 10**15)},
        versions={"nautilus": "1.221.0", "numpy": "2.3.5", "tradingbot": "0.4.0"},
        runs=38,
    )
