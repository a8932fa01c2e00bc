# file: learning/models/finish.py
"""Make a fitted stack fit to trade, on a slice that none of its fits has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.calibration import Quality, calibrate, calibrated, calibration_source, quality
from tradingbot.learning.models.conformal import Conformal, fit_conformal
from tradingbot.learning.models.member import Member
from tradingbot.learning.models.outoffold import out_of_fold
from tradingbot.learning.models.portable.linear import Linear
from tradingbot.learning.models.portable.portable import Portable
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.models.strength import Thresholds
from tradingbot.learning.models.thresholds import fit_thresholds

__all__ = ["Finished", "finish"]


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
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


def finish(
    members: Sequence[Member], stack: Linear, raw: Floats, held: Samples, folds: int, embargo: int, alpha: float
) -> Finished:
    """Calibrate the probabilities `raw` [c] that `stack` gave the slice `held`, and find when to speak and when not.

    Raises
    ------
    BadInput
        When the slice, or a fold of it, has too few rows or one class alone.
    """
    known = held.labelled
    knots = calibrate(raw[known], held.y[known], held.weight[known])
    crossed = out_of_fold(calibration_source, replace(held, x=raw[:, None]), folds, embargo)
    conformal = fit_conformal(calibrated(knots, raw), held.y, alpha)
    return Finished(
        portable=Portable(tuple(member.part for member in members), stack, knots),
        conformal=conformal,
        thresholds=fit_thresholds(crossed, held, conformal.decides(crossed)),
        raw=raw,
        crossed=crossed,
        before=quality(raw, held.y, held.weight),
        after=quality(crossed, held.y, held.weight),
    )
