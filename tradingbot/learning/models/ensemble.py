# file: learning/models/ensemble.py
"""Stacked ensemble: fit members and their stack, then calibration, conformal set and thresholds on a later slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import BoosterSpec, LinearSpec
from tradingbot.core.errors import BadInput
from tradingbot.learning.models.abstention import Conformal, Thresholds, fit_conformal
from tradingbot.learning.models.calibration import Quality, calibrate, calibrated, calibration_source, quality
from tradingbot.learning.models.crossfitting import hold_out, out_of_fold
from tradingbot.learning.models.fitting import (
    Member,
    Source,
    even_weights,
    fit_member,
    fit_of,
    log_odds,
    one_thread,
    sigmoid,
)
from tradingbot.learning.models.portable.linear import Linear, linear_of
from tradingbot.learning.models.portable.portable import Portable
from tradingbot.learning.models.samples import Labels, Samples
from tradingbot.learning.models.scoring import Score, score
from tradingbot.learning.models.thresholds import fit_thresholds

STACK = "stack"
_PULL = 0.01
_PROBES = 64


def fit_stack(odds: Floats, y: Labels, weight: Floats) -> Linear:
    """Fit a logistic regression with weights of 0 or more on the members' out-of-fold log-odds [n, m].

    Minimises the mean log loss plus 0.01 / 2 * the squared distance from equal weights that sum to 1, so that members
    that say the same share their weight. Sources: Wolpert (1992), "Stacked generalization"; Breiman (1996), "Stacked
    regressions", for the sign.

    Raises BadInput when the rows do not hold both classes.
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
    options = {"ftol": 1e-12, "gtol": 1e-8}
    beta = minimize(loss, middle, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return linear_of(beta[:-1], float(beta[-1]))


def alone() -> Linear:
    """Return the stack of one member, which passes its log-odds through."""
    return linear_of(np.ones(1), 0.0)


def stacked(stack: Linear, odds: Floats) -> Floats:
    """Return the stack's probability for log-odds [n, m]: [n]."""
    return sigmoid((odds - stack.centre) / stack.scale @ stack.coefficients + stack.intercept)


def stack_source(odds: Floats, y: Labels, weight: Floats) -> Source:
    """Fit a stack as one of the fits that `out_of_fold` repeats."""
    stack = fit_stack(odds, y, weight)
    return lambda rows: stacked(stack, rows)


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedModel:
    """A model that can be traded, and how it was made so on the calibration slice.

    `raw` [c] are its probabilities there before calibration, `crossed` [c] those calibrated by the slice's other folds,
    which is what the thresholds and the quality `after` were found on; `before` judges `raw`.
    """

    portable: Portable
    conformal: Conformal
    thresholds: Thresholds
    raw: Floats
    crossed: Floats
    before: Quality
    after: Quality


def calibrate_model(
    members: Sequence[Member], stack: Linear, raw: Floats, held: Samples, folds: int, embargo: int, alpha: float
) -> CalibratedModel:
    """Calibrate the probabilities `raw` [c] that `stack` gave the slice `held`, and find the thresholds to trade from.

    Raises BadInput when the slice, or a fold of it, has too few rows or one class alone.
    """
    known = held.labelled
    knots = calibrate(raw[known], held.y[known], held.weight[known])
    crossed = out_of_fold(calibration_source, replace(held, x=raw[:, None]), folds, embargo)
    conformal = fit_conformal(calibrated(knots, raw), held.y, alpha)
    return CalibratedModel(
        portable=Portable(tuple(member.part for member in members), stack, knots),
        conformal=conformal,
        thresholds=fit_thresholds(crossed, held, conformal.decides(crossed)),
        raw=raw,
        crossed=crossed,
        before=quality(raw, held.y, held.weight),
        after=quality(crossed, held.y, held.weight),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """What one training gives: the model, its baseline treated the same way, and what both predict for unseen rows.

    `fitted` [f] and `held` [c] are the rows of the fit part and of the later calibration slice, in time. `out_of_fold`
    holds [f] the members' and the stack's probabilities by folds that had not seen the row, by name; `later` [c] the
    same of the calibration slice, uncalibrated; `scores` judge `out_of_fold`, `later_scores` `later`. `probe` [r, k]
    are rows and `expected` [r] what the frameworks' own models predict for them through stack and calibration.
    """

    model: CalibratedModel
    base: CalibratedModel
    fitted: Samples
    held: Samples
    out_of_fold: Mapping[str, Floats]
    later: Mapping[str, Floats]
    scores: tuple[Score, ...]
    later_scores: tuple[Score, ...]
    probe: Floats
    expected: Floats

    @property
    def portable(self) -> Portable:
        """The model."""
        return self.model.portable

    @property
    def baseline(self) -> Portable:
        """The linear member alone."""
        return self.base.portable

    @property
    def conformal(self) -> Conformal:
        """The model's."""
        return self.model.conformal

    @property
    def thresholds(self) -> Thresholds:
        """The model's."""
        return self.model.thresholds


@one_thread()
def fit_ensemble(
    samples: Samples,
    specs: Sequence[LinearSpec | BoosterSpec],
    *,
    folds: int,
    embargo: int,
    holdout_share: float,
    alpha: float,
    seed: int,
) -> Ensemble:
    """Fit members and stack on the earlier rows, calibration, conformal set and thresholds on the later ones.

    The first of `specs` is the baseline. `embargo` is in ns, `alpha` the conformal set's miss rate. The same rows and
    seed give the same model.

    Raises BadInput when a part has too few rows to be cut into `folds`, or one class alone; RunFailed when a label
    leaks from one part or fold into another.
    """
    kinds = [spec.kind for spec in specs]
    if not kinds or len(set(kinds)) < len(kinds):
        raise BadInput(f"members were {kinds}, allowed is one or more, each kind once")
    fitted, held = hold_out(samples, holdout_share, embargo)
    known = fitted.take(fitted.labelled)
    members = [fit_member(spec, known.x, known.y, known.weight, seed) for spec in specs]
    unseen: dict[str, Floats] = {spec.kind: out_of_fold(fit_of(spec, seed), fitted, folds, embargo) for spec in specs}
    odds = replace(fitted, x=log_odds(np.column_stack(list(unseen.values()))))
    stack = fit_stack(odds.x[fitted.labelled], known.y, known.weight) if len(specs) > 1 else alone()
    unseen[STACK] = out_of_fold(stack_source, odds, folds, embargo) if len(specs) > 1 else unseen[specs[0].kind]
    later = {member.name: member.source(held.x) for member in members}
    later[STACK] = _stacked(stack, members, held.x)
    model = calibrate_model(members, stack, later[STACK], held, folds, embargo, alpha)
    base = calibrate_model(members[:1], alone(), later[members[0].name], held, folds, embargo, alpha)
    # Rows spread evenly over all that were fitted and held.
    rows = np.concatenate([fitted.x, held.x])
    probe = rows[np.unique(np.linspace(0, len(rows) - 1, _PROBES).astype(np.int64))].copy()
    return Ensemble(
        model=model,
        base=base,
        fitted=fitted,
        held=held,
        out_of_fold=unseen,
        later=later,
        scores=tuple(score(name, given, fitted) for name, given in unseen.items()),
        later_scores=tuple(score(name, given, held) for name, given in later.items()),
        probe=probe,
        expected=calibrated(model.portable.calibration, _stacked(stack, members, probe)),
    )


def _stacked(stack: Linear, members: Sequence[Member], x: Floats) -> Floats:
    return stacked(stack, np.column_stack([member.odds(x) for member in members]))
