# file: learning/training/scores.py
"""Out-of-fold scores: what each model said of rows it had not seen, and what following it would have earned."""

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


def net_by_fold(taught: Sequence[FoldResult], name: str, days_per_year: int) -> list[NetResult]:
    """Return what following one model would have earned in each fold, by the thresholds it had then.

    Only the baseline and the stack have thresholds; the others are not followed.
    """
    return [_followed(fold, name, days_per_year) for fold in taught]


def model_score(taught: Sequence[FoldResult], name: str, days_per_year: int) -> ModelScore:
    """Return one model's row of the table."""
    rows = Samples.join([fold.tested for fold in taught])
    said = np.concatenate([fold.lesson.said[name] for fold in taught])
    judged = score(name, said, rows)
    found: dict[str, object] = {"trades": None, "mean_net": None, "profit_factor": None, "sharpe": None}
    if name in _finished(taught[0]):
        results = net_by_fold(taught, name, days_per_year)
        net = np.concatenate([_net(fold, name)[result.taken] for fold, result in zip(taught, results, strict=True)])
        lost = -float(net[net < 0].sum())
        found = {
            "trades": len(net),
            "mean_net": float(net.mean()) if len(net) else None,
            "profit_factor": float(net[net > 0].sum()) / lost if lost > 0 else None,
            "sharpe": ratios.sharpe(daily_net(results)[1], days_per_year),
            "unreliable": small_samples(len(daily_net(results)[0]), len(net), ("sharpe", "profit_factor")),
        }
    return ModelScore.model_validate(
        {"name": name, "auc": judged.auc, "log_loss": judged.log_loss, "brier": judged.brier} | found
    )


def daily_net(results: Sequence[NetResult]) -> tuple[Ints, Floats]:
    """Return the folds' days end to end with their net returns; a day that two folds share is summed."""
    days = np.concatenate([result.days for result in results])
    net = np.concatenate([result.daily for result in results])
    found, place = np.unique(days, return_inverse=True)
    return found, np.bincount(place, net, minlength=len(found))


def net_curve(taught: Sequence[FoldResult], name: str, days_per_year: int) -> Curve:
    """Return the sum of a model's net returns by day."""
    days, net = daily_net(net_by_fold(taught, name, days_per_year))
    return Curve(
        name=name,
        days=tuple(to_iso(int(day) - 1)[:10] for day in days),
        total=tuple(np.round(np.cumsum(net), 6).tolist()),
    )


def fold_row(fold: FoldResult, days_per_year: int) -> TrainedFold:
    """Return one fold's row of the table."""
    baseline = next(iter(fold.lesson.said))
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
        auc=score(STACK, fold.lesson.said[STACK], fold.tested).auc,
        baseline_auc=score(baseline, fold.lesson.said[baseline], fold.tested).auc,
        sharpe=result.sharpe,
        strengths=threshold_strengths(fold.lesson.ensemble.thresholds),
        unreliable=small_samples(len(result.days), result.trades, ("sharpe",)),
    )


def threshold_strengths(found: Thresholds) -> Strengths:
    """Return thresholds as the record holds them."""
    return Strengths(weak=found.weak, normal=found.normal, strong=found.strong)


def net_of_model(model: CalibratedModel, said: Floats, rows: Samples, days_per_year: int) -> NetResult:
    """Return what following a model would have earned where it said `said` [n]: sure enough, and not abstaining."""
    return net_trades(said, rows, model.thresholds.weak, days_per_year, model.conformal.decides(said))


def _followed(fold: FoldResult, name: str, days_per_year: int) -> NetResult:
    return net_of_model(_finished(fold)[name], fold.lesson.said[name], fold.tested, days_per_year)


def _finished(fold: FoldResult) -> dict[str, CalibratedModel]:
    baseline = fold.lesson.recipe.members[0].kind
    return {baseline: fold.lesson.ensemble.base, STACK: fold.lesson.ensemble.model}


def _net(fold: FoldResult, name: str) -> Floats:
    return np.where(fold.lesson.said[name] >= 0.5, fold.tested.net_up, fold.tested.net_down)
