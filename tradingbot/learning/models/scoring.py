# file: learning/models/scoring.py
"""Scores: AUC, log loss, Brier, net return of a follower; permutation importance. Undefined is None."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.portfolio.ratios import sharpe
from tradingbot.core.time import DAY
from tradingbot.learning.models.crossfitting import time_folds
from tradingbot.learning.models.fitting import Fit, Source
from tradingbot.learning.models.samples import Labels, Samples

_THURSDAY = 3  # 1970-01-01, counted from Monday = 0
_TINY = 1e-15


@dataclass(frozen=True, slots=True)
class Score:
    """How well a model tells the classes apart (`auc`) and how honest its probabilities are."""

    name: str
    auc: float | None
    log_loss: float | None
    brier: float | None


@dataclass(frozen=True, slots=True, eq=False)
class NetResult:
    """What following the probabilities earned after costs, one unit a trade.

    `taken` are the positions of the decisions that were traded, by when they were. `total` and `mean` are net returns;
    `daily` [d] their sum by the day a trade ended in, `days` [d] the midnight (UTC ns) ending it; `sharpe` is annual.
    """

    trades: int
    total: float
    mean: float | None
    profit_factor: float | None
    sharpe: float | None
    days: Ints
    daily: Floats
    taken: Ints


def auc(probability: Floats, y: Labels, weight: Floats) -> float | None:
    """Return the chance that a row of class 1 is ranked above one of class 0, ties counting half; None without both.

    Source: Hanley and McNeil (1982), "The meaning and use of the area under a ROC curve".
    """
    probability, y, weight = _judged(probability, y, weight)
    _, place = np.unique(probability, return_inverse=True)
    up = np.bincount(place, weight * (y == 1))
    down = np.bincount(place, weight * (y == 0))
    pairs = float(up.sum() * down.sum())
    return float(up @ (np.cumsum(down) - down / 2)) / pairs if pairs > 0 else None


def log_loss(probability: Floats, y: Labels, weight: Floats) -> float | None:
    """Return the weighted mean of -log of the probability given to what happened; None without labelled rows."""
    probability, y, weight = _judged(probability, y, weight)
    if not len(y):
        return None
    given = np.clip(np.where(y == 1, probability, 1 - probability), _TINY, 1)
    return float(-np.log(given) @ weight / weight.sum())


def brier(probability: Floats, y: Labels, weight: Floats) -> float | None:
    """Return the weighted mean squared distance of probability and class; None without labelled rows.

    Source: Brier (1950), "Verification of forecasts expressed in terms of probability".
    """
    probability, y, weight = _judged(probability, y, weight)
    return float((probability - y) ** 2 @ weight / weight.sum()) if len(y) else None


def score(name: str, probability: Floats, samples: Samples) -> Score:
    """Judge the rows that have a class and a probability."""
    given = (probability, samples.y, samples.weight)
    return Score(name, auc(*given), log_loss(*given), brier(*given))


def net_trades(
    probability: Floats, samples: Samples, least: float | None, days_per_year: int, allowed: BoolArray | None = None
) -> NetResult:
    """Walk through the decisions in time and take those that are sure enough, one at a time per instrument.

    A decision is sure when max(p, 1 - p) >= `least`; p >= 1/2 is a long and earns `net_up`, below a short and earns
    `net_down`. A one-sided (meta) sample is never short. After a trade the next is taken once its label has ended.
    `least` None takes nothing; `allowed` [n] leaves out others, such as those a conformal set abstains from. Days
    run from the first start to the last end; below 365 `days_per_year` weekends are part of Monday.
    """
    net = np.where(probability >= 0.5, samples.net_up, samples.net_down)
    sure = np.isfinite(net) & np.isfinite(probability) & (allowed if allowed is not None else True)
    sure &= np.maximum(probability, 1 - probability) >= (np.inf if least is None else least)
    taken = _without_overlap(samples, np.flatnonzero(sure))
    earned = net[taken]
    lost = float(-earned[earned < 0].sum())
    days, daily = _by_day(samples, taken, earned, days_per_year)
    return NetResult(
        trades=len(taken),
        total=float(earned.sum()),
        mean=float(earned.mean()) if len(taken) else None,
        profit_factor=float(earned[earned > 0].sum()) / lost if lost > 0 else None,
        sharpe=sharpe(daily, days_per_year),
        days=days,
        daily=daily,
        taken=taken,
    )


def _judged(probability: Floats, y: Labels, weight: Floats) -> tuple[Floats, Labels, Floats]:
    usable = (y >= 0) & np.isfinite(probability)
    return probability[usable], y[usable], weight[usable]


def _without_overlap(samples: Samples, sure: Ints) -> Ints:
    order = sure[np.argsort(samples.starts[sure], kind="stable")]
    columns = (order, samples.instrument[order], samples.starts[order], samples.ends[order])
    free: dict[int, int] = {}
    taken = []
    for place, instrument, start, end in zip(*(column.tolist() for column in columns), strict=True):
        if start > free.get(instrument, start - 1):
            free[instrument] = end
            taken.append(place)
    return np.array(taken, dtype=np.int64)


def _by_day(samples: Samples, taken: Ints, earned: Floats, days_per_year: int) -> tuple[Ints, Floats]:
    if not len(samples):
        return np.empty(0, dtype=np.int64), np.empty(0)
    last = _day(int(samples.ends.max()))
    days = np.arange(int(samples.starts.min()) // DAY + 1, last + 3, dtype=np.int64)
    if days_per_year < 365:
        days = days[(days - 1 + _THURSDAY) % 7 < 5]
    days = days[: int(np.searchsorted(days, last)) + 1]
    place = np.searchsorted(days, _day(samples.ends[taken]))
    return days * DAY, np.bincount(place, earned, minlength=len(days))


def _day[T: (int, Ints)](ts: T) -> T:
    # The number of the midnight that ends the day; what happens at midnight belongs to the day it ends.
    return -(-ts // DAY)


_MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class FeatureImportance:
    """By how much the log loss rises when a feature's values change places, and the standard error over the folds."""

    rise: float
    error: float


def permutation_importance(
    fit: Fit, samples: Samples, folds: int, embargo: int, repeats: int, seed: int
) -> tuple[FeatureImportance, ...]:
    """Return each feature's importance in purged, embargoed folds: [k]; a fold counts as one observation.

    Of each fold at most 2,000 labelled rows are used, evenly spread over it.

    Features that say the same share their importance, and each may look unimportant. Source: Lopez de Prado (2018),
    "Advances in Financial Machine Learning", section 8.3.2 (mean decrease accuracy, here of log loss).

    Raises BadInput when `repeats` is below 1, or the folds cannot be made or fitted; RunFailed when a training label
    leaks.
    """
    if repeats < 1:
        raise BadInput(f"repeats was {repeats}, allowed is 1 or more")
    rng = np.random.default_rng(seed)
    rises = []
    for fold in time_folds(samples, folds, embargo):
        train, test = fold.train, _thinned(fold.test[samples.labelled[fold.test]])
        source = fit(samples.x[train], samples.y[train], samples.weight[train])
        if len(test):
            rises.append(_rises(source, samples.take(test), repeats, rng))
    found = np.array(rises)
    errors = found.std(axis=0, ddof=1) / np.sqrt(len(found)) if len(found) > 1 else np.full(found.shape[1], np.nan)
    return tuple(FeatureImportance(*pair) for pair in zip(found.mean(axis=0).tolist(), errors.tolist(), strict=True))


def _thinned(test: Ints) -> Ints:
    return test[:: max(1, -(-len(test) // _MOST_ROWS))]


def _rises(source: Source, test: Samples, repeats: int, rng: np.random.Generator) -> Floats:
    before = _loss(source, test.x, test.y, test.weight)
    rises = np.zeros(test.x.shape[1])
    for feature in range(len(rises)):
        mixed = test.x.copy()
        for _ in range(repeats):
            mixed[:, feature] = rng.permutation(test.x[:, feature])
            rises[feature] += (_loss(source, mixed, test.y, test.weight) - before) / repeats
    return rises


def _loss(source: Source, x: Floats, y: Labels, weight: Floats) -> float:
    return log_loss(source(x), y, weight) or 0.0
