# file: tests/reports/training/samples.py
"""Training records that never ran: one that beats its baseline, one that never trades, a hollow and a bare one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from tradingbot.learning.training.record import (
    Calibration,
    Curve,
    Importance,
    ModelScore,
    SearchTrial,
    Strengths,
    TrainedFold,
    TrainingOrigin,
    TrainingRecord,
)

NEVER = Strengths(weak=None, normal=None, strong=None)

_DAYS = 700
_FOLDS = 5
_FEATURES = (
    "momentum 24", "momentum 96", "reversal 6", "volatility 48", "volatility ratio 24 96", "range 24", "volume 48",
    "volume imbalance 24", "spread 12", "funding 8", "funding change 24", "leader momentum 24", "leader gap 6",
    "hour of day", "day of week", "efficiency 48", "skew 96", "distance from high 192", "distance from low 192",
    "gap 1", "roll 24", "autocorrelation 48", "side",
)  # fmt: skip


def sample() -> TrainingRecord:
    """Return a training whose model beats its baseline and earns, the same at every call."""
    rng = np.random.default_rng(11)
    return TrainingRecord(
        candidate="follow BTCUSDT 15m",
        scores=(
            _scored("linear", 0.532, 0.6891, 0.2480, 388, 0.00008, 1.04, 0.31),
            _scored("lightgbm", 0.561, 0.6815, 0.2443),
            _scored("xgboost", 0.558, 0.6822, 0.2447),
            _scored("stack", 0.566, 0.6798, 0.2435, 412, 0.00124, 1.46, 2.27),
        ),
        curves=(_curve("linear", 0.00004, rng), _curve("stack", 0.00073, rng)),
        folds=_folds(rng),
        trials=_trials(rng),
        trials_recorded=121,
        strengths=Strengths(weak=0.5612, normal=0.5981, strong=0.6433),
        calibration=_calibration(rng),
        importance=_importance(rng),
        cautions=("In 1 of 5 folds the model abstained always.",),
        origin=_origin(),
    )


def silent() -> TrainingRecord:
    """Return a training that found nothing to trade, of meta-labels on a real market."""
    full = sample()
    nothing: dict[str, Any] = {"trades": 0, "mean_net": None, "profit_factor": None, "sharpe": None}
    base, *middle, traded = full.scores
    folds = tuple(one.model_copy(update={"strengths": NEVER, "sharpe": None}) for one in full.folds)
    flat = tuple(one.model_copy(update={"total": (0.0,) * _DAYS}) for one in full.curves)
    worse = traded.model_copy(update={"auc": 0.501, "log_loss": 0.6934} | nothing)
    return full.model_copy(
        update={
            "candidate": "trend meta",
            "scores": (base.model_copy(update=nothing), *middle, worse),
            "folds": folds,
            "curves": flat,
            "strengths": NEVER,
            "calibration": full.calibration.model_copy(update={"abstained": 1.0}),
            "cautions": ("No probability was found from which trading pays after costs: the model abstains always.",),
            "origin": full.origin.model_copy(update={"synthetic": False, "target": "meta", "lane": "spot"}),
        }
    )


def hollow() -> TrainingRecord:
    """Return a record in which every list has its entries and every number that may be undefined is."""
    full = sample()
    unknown = ("auc", "log_loss", "brier", "trades", "mean_net", "profit_factor", "sharpe")
    fold: dict[str, Any] = {"auc": None, "baseline_auc": None, "sharpe": None, "strengths": NEVER}
    return full.model_copy(
        update={
            "scores": tuple(one.model_copy(update=dict.fromkeys(unknown)) for one in full.scores),
            "folds": tuple(one.model_copy(update=fold) for one in full.folds),
            "trials": tuple(one.model_copy(update={"value": None}) for one in full.trials),
            "strengths": NEVER,
            "calibration": _none(),
            "origin": full.origin.model_copy(update={"store_version": None}),
        }
    )


def bare() -> TrainingRecord:
    """Return a record in which everything that may be missing is missing."""
    zeros = dict.fromkeys(("bars", "rows", "up", "down", "neither", "features", "store_rows"), 0)
    emptied: dict[str, Any] = {"recipe": {}, "versions": {}, "instruments": (), "store_sha256": "", "seconds": 0.0}
    absent = {"store_version": None, "synthetic": False, "cost": 0.0}
    lists: dict[str, Any] = dict.fromkeys(("scores", "curves", "folds", "trials", "importance"), ())
    return TrainingRecord(
        candidate="bare",
        trials_recorded=0,
        strengths=NEVER,
        calibration=_none(),
        origin=_origin().model_copy(update=zeros | emptied | absent),
        **lists,
    )


def _scored(name: str, auc: float, log_loss: float, brier: float, *traded: float) -> ModelScore:
    names = ("trades", "mean_net", "profit_factor", "sharpe")
    net: dict[str, Any] = dict.fromkeys(names) | dict(zip(names, traded, strict=False))
    return ModelScore(name=name, auc=auc, log_loss=log_loss, brier=brier, **net)


def _dates(first: str, count: int, step: int = 1) -> tuple[str, ...]:
    return tuple(str(date.fromisoformat(first) + timedelta(days=step * number)) for number in range(count))


def _curve(name: str, drift: float, rng: np.random.Generator) -> Curve:
    earned = rng.normal(0, 0.008, _DAYS) * (rng.random(_DAYS) < 0.5)
    earned += drift - earned.mean()
    return Curve(name=name, days=_dates("2022-06-24", _DAYS), total=tuple(np.round(np.cumsum(earned), 6).tolist()))


def _folds(rng: np.random.Generator) -> tuple[TrainedFold, ...]:
    edges = [f"{day}T00:00:00Z" for day in _dates("2022-02-04", _FOLDS + 2, 140)]
    return tuple(
        TrainedFold(
            number=number,
            train_start=edges[0], train_end=edges[number], test_start=edges[number], test_end=edges[number + 1],
            rows=6_720 * number, purged=24, tested=6_696,
            auc=round(0.564 + step / 60, 4),
            baseline_auc=round(0.548 - step / 60, 4),
            sharpe=None if number == 1 else round(1.9 + step, 2),
            strengths=NEVER if number == 1 else Strengths(weak=0.55 + number / 300, normal=0.6, strong=None),
        )
        for number, step in enumerate(rng.normal(0, 1, _FOLDS).tolist(), 1)
    )  # fmt: skip


def _trials(rng: np.random.Generator) -> tuple[SearchTrial, ...]:
    return tuple(
        SearchTrial(
            number=number,
            settings={"lightgbm.leaves": int(rng.integers(4, 32)), "lightgbm.rate": float(rng.uniform(0.01, 0.2))},
            value=None if number == 6 else round(value, 3),
        )
        for number, value in enumerate(rng.normal(1.2, 0.7, 20).tolist())
    )


def _calibration(rng: np.random.Generator) -> Calibration:
    forecast = np.linspace(0.41, 0.62, 10)
    happened = forecast + rng.normal(0, 0.008, 10)
    return Calibration(
        forecast=tuple(forecast.round(5).tolist()),
        happened=tuple(happened.round(5).tolist()),
        counts=(3348,) * 10,
        before=0.2461, after=0.2438,
        promised_coverage=0.6, realised_coverage=0.5934, abstained=0.6127,
    )  # fmt: skip


def _none() -> Calibration:
    empty: dict[str, Any] = dict.fromkeys(("forecast", "happened", "counts"), ())
    unknown: dict[str, Any] = dict.fromkeys(("before", "after", "realised_coverage"))
    return Calibration(promised_coverage=0.6, abstained=1.0, **empty, **unknown)


def _importance(rng: np.random.Generator) -> tuple[Importance, ...]:
    rises = np.sort(rng.exponential(0.0012, len(_FEATURES)) - 0.0002)[::-1]
    errors = rng.uniform(0.00008, 0.0004, len(_FEATURES))
    return tuple(
        Importance(feature=name, rise=round(rise, 6), error=round(error, 6))
        for name, rise, error in zip(_FEATURES, rises.tolist(), errors.tolist(), strict=True)
    )


def _origin() -> TrainingOrigin:
    return TrainingOrigin(
        command="tradingbot train config/candidates/follow.json --trials 20", config="config/candidates/follow.json",
        seed=7, lane="cryptofutures", bar="15m", instruments=("BTCUSDT-LINEAR.SIM", "ETHUSDT-LINEAR.SIM"),
        target="direction", start="2022-02-04T00:00:00Z", end="2024-05-24T00:00:00Z", bars=161_280, rows=40_320,
        up=12_512, down=11_907, neither=15_901, features=22, cost=0.00134, synthetic=True,
        model_sha256=f"{10**15 + 1:064x}", feature_code_sha256=f"{10**15 + 2:064x}", store_version=3,
        store_rows=161_280, store_sha256=f"{10**15 + 3:064x}",
        recipe={"kind": "model", "target": "direction", "members": [{"kind": "linear"}, {"kind": "lightgbm"}]},
        versions={"lightgbm": "4.6.0", "numpy": "2.3.5", "tradingbot": "0.5.0"}, seconds=412.7,
    )  # fmt: skip


EVERY = {"full": sample(), "silent": silent(), "hollow": hollow(), "bare": bare()}
