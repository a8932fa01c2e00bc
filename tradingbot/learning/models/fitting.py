# file: learning/models/fitting.py
"""Fit whichever model a recipe names; a library is loaded when it is first asked for."""

from __future__ import annotations

from tradingbot.core.config.recipe import BoosterSpec, LinearSpec
from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.member import Fit, Member, Source
from tradingbot.learning.models.samples import Labels

__all__ = ["fit_member", "fit_of"]


def fit_member(spec: LinearSpec | BoosterSpec, x: Floats, y: Labels, weight: Floats, seed: int) -> Member:
    """Fit what `spec` describes to rows x [n, k] of the classes y {0, 1} [n].

    Raises
    ------
    BadInput
        When the rows do not hold both classes.
    """
    if isinstance(spec, LinearSpec):
        from tradingbot.learning.models.linear import fit_linear

        return fit_linear(spec, x, y, weight)
    if spec.kind == "lightgbm":
        from tradingbot.learning.models.light import fit_lightgbm

        return fit_lightgbm(spec, x, y, weight, seed)
    from tradingbot.learning.models.xg import fit_xgboost

    return fit_xgboost(spec, x, y, weight, seed)


def fit_of(spec: LinearSpec | BoosterSpec, seed: int) -> Fit:
    """Return the fit as a function of the rows alone, for what fits again and again."""

    def fit(x: Floats, y: Labels, weight: Floats) -> Source:
        return fit_member(spec, x, y, weight, seed).source

    return fit
