# file: learning/models/calibration.py
"""Probability calibration: isotonic or Platt, its quality and the reliability curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from tradingbot.core.arrays import Floats
from tradingbot.learning.models.fitting import Source, even_weights, log_odds, sigmoid
from tradingbot.learning.models.portable.linear import PiecewiseLinear
from tradingbot.learning.models.samples import Labels
from tradingbot.learning.models.scoring import brier, log_loss

_ENOUGH = 2_000
_BIN_ROWS = 150
_MOST_BINS = 40
_PRIOR_ROWS = 20.0
_PLATT_KNOTS = 33
_BINS = 10
_APART = 1e-6


@dataclass(frozen=True, slots=True)
class Quality:
    """How honest probabilities are: Brier score, log loss and expected calibration error; None without rows."""

    brier: float | None
    log_loss: float | None
    ece: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Mean `forecast` and share that `happened` in equally full bins, with the `counts` of rows: each [b]."""

    forecast: Floats
    happened: Floats
    counts: Floats


def calibrate(probability: Floats, y: Labels, weight: Floats) -> PiecewiseLinear:
    """Fit a rising map from probability [n] to what happened {0, 1}.

    From 2,000 rows on isotonic regression (Zadrozny and Elkan, 2002) over bins of 150 rows or more, each pulled to the
    mean as by 20 rows that say it, since single rows at the ends would claim certainty. With fewer Platt's (1999)
    logistic map, in 33 knots. A map that would fall is flat.

    Raises BadInput when the rows do not hold both classes.
    """
    even = even_weights(y, weight)
    if len(y) < _ENOUGH:
        return _platt(probability, y, even)
    return _isotonic(probability, y, even)


def calibrated(knots: PiecewiseLinear, probability: Floats) -> Floats:
    """Return the map's value for each probability: straight between knots, flat outside."""
    return np.asarray(np.interp(probability, knots.x, knots.y), dtype=np.float64)


def calibration_source(x: Floats, y: Labels, weight: Floats) -> Source:
    """Fit a calibration to probabilities x [n, 1] as one of the fits that `out_of_fold` repeats."""
    knots = calibrate(x[:, 0], y, weight)
    return lambda rows: calibrated(knots, rows[:, 0])


def quality(probability: Floats, y: Labels, weight: Floats) -> Quality:
    """Judge the rows that have a class."""
    curve = reliability(probability, y, weight)
    off = np.abs(curve.forecast - curve.happened)
    ece = float(off @ curve.counts / curve.counts.sum()) if len(off) else None
    return Quality(brier(probability, y, weight), log_loss(probability, y, weight), ece)


def reliability(probability: Floats, y: Labels, weight: Floats, bins: int = _BINS) -> Reliability:
    """Compare forecast and outcome of the rows that have a class, in `bins` equally full bins; ties share one."""
    usable = (y >= 0) & np.isfinite(probability)
    return Reliability(*_binned(probability[usable], y[usable], weight[usable], bins)[:3])


def _binned(p: Floats, y: Labels, weight: Floats, bins: int) -> tuple[Floats, Floats, Floats, Floats]:
    # Means by bin of forecast and outcome, rows and weight; equal probabilities fall into one bin.
    ordered = np.sort(p)
    borders = np.unique(ordered[len(p) * np.arange(1, bins) // bins]) if len(p) else ordered
    place = np.searchsorted(borders, p, side="right")
    _, place = np.unique(place, return_inverse=True)
    heavy = np.bincount(place, weight)
    counts = np.bincount(place).astype(np.float64)
    return np.bincount(place, weight * p) / heavy, np.bincount(place, weight * y) / heavy, counts, heavy


def _isotonic(p: Floats, y: Labels, even: Floats) -> PiecewiseLinear:
    forecast, happened, _, heavy = _binned(p, y, even, min(_MOST_BINS, len(y) // _BIN_ROWS))
    mean = float(y @ even / even.sum())
    pulled = (happened * heavy + mean * _PRIOR_ROWS) / (heavy + _PRIOR_ROWS)
    rising = IsotonicRegression(increasing=True).fit_transform(forecast, pulled, sample_weight=heavy + _PRIOR_ROWS)
    return _knots(forecast, rising)


def _platt(p: Floats, y: Labels, even: Floats) -> PiecewiseLinear:
    odds = log_odds(p)
    model = LogisticRegression(C=100.0, solver="newton-cholesky", tol=1e-8).fit(odds[:, None], y, even)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    grid = np.linspace(odds.min(), odds.max(), _PLATT_KNOTS)
    if slope <= 0:
        return _knots(sigmoid(grid), np.full(len(grid), y @ even / even.sum()))
    return _knots(sigmoid(grid), sigmoid(slope * grid + intercept))


def _knots(x: Floats, y: Floats) -> PiecewiseLinear:
    # Knots closer than this are one: between two that are closer the line is so steep that the last digits of a
    # probability, which exported and fitted models need not share, would be seen after calibration.
    distinct, last = np.ones(len(x), dtype=np.bool_), float(x[0])
    for place in range(1, len(x)):
        distinct[place] = x[place] - last >= _APART
        last = float(x[place]) if distinct[place] else last
    return PiecewiseLinear(np.clip(x[distinct], 0, 1), np.clip(np.maximum.accumulate(y[distinct]), 0, 1))
