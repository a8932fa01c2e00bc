# file: learning/models/fitting.py
"""Fit the model a recipe names: logistic regression here, boosters loaded when first fitted; one BLAS thread."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg  # noqa: F401 - its library has to be there to be limited
import sklearn.linear_model  # noqa: F401 - likewise
from sklearn.linear_model import LogisticRegression
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import BoosterSpec, LinearSpec
from tradingbot.core.errors import BadInput
from tradingbot.learning.models.portable.linear import Linear, linear_of
from tradingbot.learning.models.portable.trees import Trees
from tradingbot.learning.models.samples import Labels

type Source = Callable[[Floats], Floats]
type Fit = Callable[[Floats, Labels, Floats], Source]
"""(x [n, k], y [n], weight [n]) -> the probabilities of class 1 for any rows."""

_EDGE = 1e-9


@contextmanager
def one_thread() -> Iterator[None]:
    """Let BLAS and OpenMP use one thread within a block, or a function that this decorates.

    A second adds up in another order, and waits for the first longer than sums of this size take.
    """
    with _libraries().limit(limits=1):
        yield


@functools.cache
def _libraries() -> Any:
    # Looking for the libraries takes milliseconds.
    return ThreadpoolController()


def log_odds(probability: Floats) -> Floats:
    """Return log(p / (1 - p)), p first brought 1e-9 away from 0 and 1."""
    inside = np.clip(probability, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def sigmoid(odds: Floats) -> Floats:
    """Return 1 / (1 + exp(-odds)) without overflow."""
    return np.asarray(np.exp(-np.logaddexp(0, -odds)))


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A fitted model: `odds` asks its framework for log-odds [n, k] -> [n], `export` takes it out of there."""

    name: str
    odds: Source
    export: Callable[[], Trees | Linear]

    def source(self, x: Floats) -> Floats:
        """Return the probability of class 1 by the framework's own model: [n]."""
        return sigmoid(self.odds(x))

    @property
    def part(self) -> Trees | Linear:
        """What a trading process asks instead; made anew each time, since most fits only judge."""
        return self.export()


def even_weights(y: Labels, weight: Floats) -> Floats:
    """Return the weights with a mean of 1, so that penalties mean the same whatever their scale: [n].

    Raises BadInput when the rows do not hold both classes, or anything but them.
    """
    classes = sorted(set(y.tolist()))
    if classes != [0, 1]:
        raise BadInput(f"classes to fit were {classes}, allowed are 0 and 1, both of them")
    return np.asarray(weight / weight.mean(), dtype=np.float64)


def fit_member(spec: LinearSpec | BoosterSpec, x: Floats, y: Labels, weight: Floats, seed: int) -> Member:
    """Fit what `spec` describes to rows x [n, k] of the classes y {0, 1} [n].

    Raises BadInput when the rows do not hold both classes.
    """
    if isinstance(spec, LinearSpec):
        return fit_linear(spec, x, y, weight)
    from tradingbot.learning.models.boosters import fit_lightgbm, fit_xgboost

    return (fit_lightgbm if spec.kind == "lightgbm" else fit_xgboost)(spec, x, y, weight, seed)


def fit_of(spec: LinearSpec | BoosterSpec, seed: int) -> Fit:
    """Return the fit as a function of the rows alone, for what fits again and again."""

    def fit(x: Floats, y: Labels, weight: Floats) -> Source:
        return fit_member(spec, x, y, weight, seed).source

    return fit


def fit_linear(spec: LinearSpec, x: Floats, y: Labels, weight: Floats) -> Member:
    """Minimise the mean log loss plus l2 / 2 * |coefficients|^2; deterministic without a seed.

    Centre and scale are the weighted mean and deviation of these rows alone; a missing value counts as its column's
    mean.

    Raises BadInput when the rows do not hold both classes.
    """
    even = even_weights(y, weight)
    centre, scale = _moments(x, even)
    model = LogisticRegression(C=1 / (spec.l2 * len(y)), solver="newton-cholesky", tol=1e-8, max_iter=100)
    with one_thread():
        model.fit(_standardised(x, centre, scale), y, even)

    def odds(rows: Floats) -> Floats:
        return np.asarray(model.decision_function(_standardised(rows, centre, scale)))

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
