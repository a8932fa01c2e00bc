# file: learning/training/scores.py
"""Out-of-fold scores: how well each model predicts rows it was not fitted on, and what following it would earn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.portfolio import ratios
from tradingbot.core.portfolio.ratios import small_samples
from tradingbot.core.time import to_iso
from tradingbot.learning.models.abstention import Thresholds
from tradingbot.learning.models.ensemble import STACK, CalibratedModel
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.models.scoring import NetResult, net_trades, score
from tradingbot.learning.training.foldtrainer import FoldResult
from tradingbot.learning.training.record import Curve, ModelScore, Strengths, TrainedFold


def net_by_fold(folds: Sequence[FoldResult], name: str, days_per_year: int) -> list[NetResult]:
    """Return what following one model would have earned in each fold, by the thresholds it had then.

    Only the baseline and the stack have thresholds; the others are not followed.
    """
    return [_followed(fold, name, days_per_year) for fold in folds]


def model_score(folds: Sequence[FoldResult], name: str, days_per_year: int) -> ModelScore:
    """Return one model's row of the table."""
    rows = Samples.join([fold.tested for fold in folds])
    judged = score(name, np.concatenate([fold.result.probabilities[name] for fold in folds]), rows)
    followed: dict[str, object] = {"trades": None, "mean_net": None, "profit_factor": None, "sharpe": None}
    if name in _models(folds[0]):
        results = net_by_fold(folds, name, days_per_year)
        net = np.concatenate([_net(fold, name)[result.taken] for fold, result in zip(folds, results, strict=True)])
        days, daily = daily_net(results)
        lost = -float(net[net < 0].sum())
        followed = {
            "trades": len(net),
            "mean_net": float(net.mean()) if len(net) else None,
            "profit_factor": float(net[net > 0].sum()) / lost if lost > 0 else None,
            "sharpe": ratios.sharpe(daily, days_per_year),
            "unreliable": small_samples(len(days), len(net), ("sharpe", "profit_factor")),
        }
    return ModelScore.model_validate(
        {"name": name, "auc": judged.auc, "log_loss": judged.log_loss, "brier": judged.brier} | followed
    )


def daily_net(results: Sequence[NetResult]) -> tuple[Ints, Floats]:
    """Return the folds' days end to end with their net returns; a day that two folds share is summed."""
    days, place = np.unique(np.concatenate([result.days for result in results]), return_inverse=True)
    return days, np.bincount(place, np.concatenate([result.daily for result in results]), minlength=len(days))


def net_curve(folds: Sequence[FoldResult], name: str, days_per_year: int) -> Curve:
    """Return the sum of a model's net returns by day."""
    days, net = daily_net(net_by_fold(folds, name, days_per_year))
    return Curve(
        name=name,
        days=tuple(to_iso(int(day) - 1)[:10] for day in days),
        total=tuple(np.round(np.cumsum(net), 6).tolist()),
    )


def fold_row(fold: FoldResult, days_per_year: int) -> TrainedFold:
    """Return one fold's row of the table."""
    baseline = next(iter(fold.result.probabilities))
    result = _followed(fold, STACK, days_per_year)
    return TrainedFold(
        number=fold.number,
        train_start=to_iso(fold.train.start),
        train_end=to_iso(fold.train.end),
        test_start=to_iso(fold.test.start),
        test_end=to_iso(fold.test.end),
        rows=fold.rows,
        purged=fold.purged,
        tested=len(fold.tested),
        auc=score(STACK, fold.result.probabilities[STACK], fold.tested).auc,
        baseline_auc=score(baseline, fold.result.probabilities[baseline], fold.tested).auc,
        sharpe=result.sharpe,
        strengths=threshold_strengths(fold.result.ensemble.thresholds),
        unreliable=small_samples(len(result.days), result.trades, ("sharpe",)),
    )


def threshold_strengths(thresholds: Thresholds) -> Strengths:
    """Return thresholds as the record holds them."""
    return Strengths(weak=thresholds.weak, normal=thresholds.normal, strong=thresholds.strong)


def net_of_model(model: CalibratedModel, probability: Floats, rows: Samples, days_per_year: int) -> NetResult:
    """Return what following a model would have earned: where its `probability` [n] is sure enough and not abstained."""
    decided = model.conformal.decides(probability)
    return net_trades(probability, rows, model.thresholds.weak, days_per_year, decided)


def _followed(fold: FoldResult, name: str, days_per_year: int) -> NetResult:
    return net_of_model(_models(fold)[name], fold.result.probabilities[name], fold.tested, days_per_year)


def _models(fold: FoldResult) -> dict[str, CalibratedModel]:
    baseline = fold.result.recipe.members[0].kind
    return {baseline: fold.result.ensemble.base, STACK: fold.result.ensemble.model}


def _net(fold: FoldResult, name: str) -> Floats:
    return np.where(fold.result.probabilities[name] >= 0.5, fold.tested.net_up, fold.tested.net_down)
