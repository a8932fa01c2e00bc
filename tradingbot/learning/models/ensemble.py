# file: learning/models/ensemble.py
"""Fit the whole model: members, their stack, and on a later slice what makes its probabilities fit to trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tradingbot.core.config.recipe import BoosterSpec, LinearSpec
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.calibration import calibrated
from tradingbot.learning.models.conformal import Conformal
from tradingbot.learning.models.finish import Finished, finish
from tradingbot.learning.models.fitting import fit_member, fit_of
from tradingbot.learning.models.holdout import hold_out
from tradingbot.learning.models.member import Member
from tradingbot.learning.models.odds import log_odds
from tradingbot.learning.models.onethread import one_thread
from tradingbot.learning.models.outoffold import out_of_fold
from tradingbot.learning.models.portable.linear import Linear
from tradingbot.learning.models.portable.portable import Portable
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.models.scoring import Score, score
from tradingbot.learning.models.stack import alone, fit_stack, stack_source, stacked
from tradingbot.learning.models.strength import Thresholds

__all__ = ["STACK", "Ensemble", "fit_ensemble"]

STACK = "stack"
_PROBES = 64


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """What one training gives: the model, its baseline treated the same way, and what both said of unseen rows.

    `fitted` [f] and `held` [c] are the rows of the fit part and of the later calibration slice, in time. `out_of_fold`
    holds [f] the members' and the stack's probabilities by folds that had not seen the row, by name; `later` [c] the
    same of the calibration slice, uncalibrated; `scores` judge `out_of_fold`, `later_scores` `later`. `probe` [r, k]
    are rows and `expected` [r] what the frameworks' own models say of them through stack and calibration.
    """

    model: Finished
    base: Finished
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

    Raises
    ------
    BadInput
        When a part has too few rows to be cut into `folds`, or one class alone.
    RunFailed
        When a label leaks from one part or fold into another.
    """
    kinds = [spec.kind for spec in specs]
    if not kinds or len(set(kinds)) < len(kinds):
        raise BadInput(f"members were {kinds}, allowed is one or more, each kind once")
    with one_thread():
        return _fit(samples, specs, folds, embargo, holdout_share, alpha, seed)


def _fit(
    samples: Samples,
    specs: Sequence[LinearSpec | BoosterSpec],
    folds: int,
    embargo: int,
    holdout_share: float,
    alpha: float,
    seed: int,
) -> Ensemble:
    fitted, held = hold_out(samples, holdout_share, embargo)
    known = fitted.take(fitted.labelled)
    members = [fit_member(spec, known.x, known.y, known.weight, seed) for spec in specs]
    unseen: dict[str, Floats] = {spec.kind: out_of_fold(fit_of(spec, seed), fitted, folds, embargo) for spec in specs}
    odds = replace(fitted, x=log_odds(np.column_stack(list(unseen.values()))))
    stack = fit_stack(odds.x[fitted.labelled], known.y, known.weight) if len(specs) > 1 else alone()
    unseen[STACK] = out_of_fold(stack_source, odds, folds, embargo) if len(specs) > 1 else unseen[specs[0].kind]
    later = {member.name: member.source(held.x) for member in members}
    later[STACK] = _stacked(stack, members, held.x)
    model = finish(members, stack, later[STACK], held, folds, embargo, alpha)
    base = finish(members[:1], alone(), later[members[0].name], held, folds, embargo, alpha)
    probe = _probe(fitted, held)
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


def _probe(fitted: Samples, held: Samples) -> Floats:
    # Rows spread evenly over all that were fitted and held.
    rows = np.concatenate([fitted.x, held.x])
    chosen = np.unique(np.linspace(0, len(rows) - 1, _PROBES).astype(np.int64))
    return rows[chosen].copy()
