# file: learning/models/outoffold.py
"""Predict every row by a model that saw neither it nor anything its label shares time with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.folds.audit import audit
from tradingbot.core.folds.purge import keep
from tradingbot.core.folds.span import Span
from tradingbot.core.statistics.arrays import Floats, Ints
from tradingbot.learning.models.member import Fit
from tradingbot.learning.models.samples import Samples

__all__ = ["TimeFold", "out_of_fold", "time_folds"]


@dataclass(frozen=True, slots=True, eq=False)
class TimeFold:
    """The positions of the rows that train (labelled, purged, embargoed) and of those that are tested."""

    train: Ints
    test: Ints


def time_folds(samples: Samples, folds: int, embargo: int) -> Iterator[TimeFold]:
    """Cut the rows by their start into `folds` blocks in time; each is tested by the others less what leaks.

    Rows of one instant stay in one block. A test lasts until its last label has ended; `embargo` ns after it and labels
    that touch it do not train. Every fold is audited. Source: Lopez de Prado (2018), "Advances in Financial Machine
    Learning", section 7.4.

    Raises
    ------
    BadInput
        When there are fewer than 2 folds or fewer instants than folds.
    RunFailed
        When a training label leaks after all.
    """
    for number, test in enumerate(_blocks(samples.starts, folds), start=1):
        span = Span(int(samples.starts[test].min()), int(samples.ends[test].max()) + 1)
        train = np.flatnonzero(keep(samples.starts, samples.ends, [span], embargo) & samples.labelled)
        audit(samples.starts[train], samples.ends[train], [span], embargo, f"fold {number} of {folds}")
        yield TimeFold(train, test)


def out_of_fold(fit: Fit, samples: Samples, folds: int, embargo: int) -> Floats:
    """Return each row's probability of class 1 by the fit of the folds that do not hold it: [n], in the rows' order.

    Raises
    ------
    BadInput
        When there are fewer than 2 folds, fewer instants than folds, or a fold trains on one class alone.
    RunFailed
        When a training label leaks.
    """
    probability = np.full(len(samples), np.nan)
    for fold in time_folds(samples, folds, embargo):
        train = fold.train
        source = fit(samples.x[train], samples.y[train], samples.weight[train])
        probability[fold.test] = source(samples.x[fold.test])
    return probability


def _blocks(starts: Ints, folds: int) -> list[Ints]:
    if folds < 2:
        raise BadInput(f"folds was {folds}, allowed is 2 or more")
    ordered = np.sort(starts)
    borders = ordered[len(ordered) * np.arange(1, folds) // folds] if len(ordered) else ordered
    number = np.searchsorted(borders, starts, side="right")
    blocks = [np.flatnonzero(number == block) for block in range(folds)]
    if any(not len(block) for block in blocks):
        raise BadInput(f"rows were {len(starts)} at {len(np.unique(starts))} instants, too few for {folds} folds")
    return blocks
