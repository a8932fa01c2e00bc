# file: learning/models/stack.py
"""Weigh the members by what each said of rows it had not seen."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.member import Source, even_weights
from tradingbot.learning.models.odds import sigmoid
from tradingbot.learning.models.portable.linear import Linear, linear_of
from tradingbot.learning.models.samples import Labels

__all__ = ["alone", "fit_stack", "stack_source", "stacked"]

_PULL = 0.01


def fit_stack(odds: Floats, y: Labels, weight: Floats) -> Linear:
    """Fit a logistic regression with weights of 0 or more on the members' out-of-fold log-odds [n, m].

    Minimises the mean log loss plus 0.01 / 2 * the squared distance from equal weights that sum to 1, so that members
    that say the same share their weight. Sources: Wolpert (1992), "Stacked generalization"; Breiman (1996), "Stacked
    regressions", for the sign.

    Raises
    ------
    BadInput
        When the rows do not hold both classes.
    """
    even = even_weights(y, weight) / len(y)
    middle = np.append(np.full(odds.shape[1], 1 / odds.shape[1]), 0.0)
    free = np.append(np.ones(odds.shape[1]), 0.0)

    def loss(beta: Floats) -> tuple[float, Floats]:
        z = odds @ beta[:-1] + beta[-1]
        off = (sigmoid(z) - y) * even
        pull = _PULL * free * (beta - middle)
        value = float((np.logaddexp(0, z) - y * z) @ even + pull @ (beta - middle) / 2)
        return value, np.append(off @ odds, off.sum()) + pull

    bounds = [(0.0, None)] * odds.shape[1] + [(None, None)]
    found = minimize(loss, middle, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-12, "gtol": 1e-8}).x
    return linear_of(found[:-1], float(found[-1]))


def alone() -> Linear:
    """Return the stack of one member that is taken at its word."""
    return linear_of(np.ones(1), 0.0)


def stacked(stack: Linear, odds: Floats) -> Floats:
    """Return the stack's probability for log-odds [n, m]: [n]."""
    return sigmoid((odds - stack.centre) / stack.scale @ stack.coefficients + stack.intercept)


def stack_source(odds: Floats, y: Labels, weight: Floats) -> Source:
    """Fit a stack as one of the fits that `out_of_fold` repeats."""
    stack = fit_stack(odds, y, weight)
    return lambda rows: stacked(stack, rows)
