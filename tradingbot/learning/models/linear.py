# file: learning/models/linear.py
"""Fit the baseline that every other model has to beat: a logistic regression on standardised features."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from tradingbot.core.config.recipe import LinearSpec
from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.member import Member, even_weights
from tradingbot.learning.models.onethread import one_thread
from tradingbot.learning.models.portable.linear import linear_of
from tradingbot.learning.models.samples import Labels

__all__ = ["fit_linear"]


def fit_linear(spec: LinearSpec, x: Floats, y: Labels, weight: Floats) -> Member:
    """Minimise the mean log loss plus l2 / 2 * |coefficients|^2; deterministic without a seed.

    Centre and scale are the weighted mean and deviation of these rows alone; a missing value counts as its column's
    mean.

    Raises
    ------
    BadInput
        When the rows do not hold both classes.
    """
    even = even_weights(y, weight)
    centre, scale = _moments(x, even)
    model = LogisticRegression(C=1 / (spec.l2 * len(y)), solver="newton-cholesky", tol=1e-8, max_iter=100)
    with one_thread():
        model.fit(_standardised(x, centre, scale), y, even)

    def odds(rows: Floats) -> Floats:
        found: Floats = model.decision_function(_standardised(rows, centre, scale))
        return found

    return Member(spec.kind, odds, lambda: linear_of(model.coef_, model.intercept_[0], centre, scale))


def _moments(x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    # A column without values or without variation is left as it is, and adds nothing.
    heavy = np.where(np.isnan(x), 0.0, weight[:, None])
    total = np.maximum(heavy.sum(axis=0), 1e-300)
    centre = (np.nan_to_num(x) * heavy).sum(axis=0) / total
    spread = np.sqrt((np.nan_to_num(x - centre) ** 2 * heavy).sum(axis=0) / total)
    flat = spread <= 1e-12 * np.maximum(np.abs(centre), 1e-300)
    return centre, np.where(flat, 1.0, spread)


def _standardised(x: Floats, centre: Floats, scale: Floats) -> Floats:
    return np.nan_to_num((x - centre) / scale)
