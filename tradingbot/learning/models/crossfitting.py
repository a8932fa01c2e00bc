# file: learning/models/crossfitting.py
"""Cross-fitting: purged out-of-fold predictions in time folds, and the later holdout slice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.folds import Span, audit_purge, purge_mask
from tradingbot.learning.models.fitting import Fit
from tradingbot.learning.models.samples import Samples


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

    Raises BadInput when there are fewer than 2 folds or fewer instants than folds; RunFailed when a training label
    leaks after all.
    """
    for number, test in enumerate(_blocks(samples.starts, folds), start=1):
        span = Span(int(samples.starts[test].min()), int(samples.ends[test].max()) + 1)
        train = np.flatnonzero(purge_mask(samples.starts, samples.ends, [span], embargo) & samples.labelled)
        audit_purge(samples.starts[train], samples.ends[train], [span], embargo, f"fold {number} of {folds}")
        yield TimeFold(train, test)


def out_of_fold(fit: Fit, samples: Samples, folds: int, embargo: int) -> Floats:
    """Return each row's probability of class 1 by the fit of the folds that do not hold it: [n], in the rows' order.

    Raises BadInput when there are fewer than 2 folds, fewer instants than folds, or a fold trains on one class alone;
    RunFailed when a training label leaks.
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


def hold_out(samples: Samples, holdout_share: float, embargo: int) -> tuple[Samples, Samples]:
    """Return the rows that are fitted and the later `holdout_share` of the rows that calibrates, both in time.

    Labels of the first end more than `embargo` ns before the second begins; the rows between are in neither. A
    row that was drawn more than once stays so in the first and is there once in the second, whose rows are counted.

    Raises BadInput when the share is not between 0 and 1, or a part would be empty; RunFailed when a label leaks after
    all.
    """
    if not 0 < holdout_share < 1:
        raise BadInput(f"holdout share was {holdout_share:g}, allowed is between 0 and 1")
    ordered = samples.in_time()
    if not len(ordered):
        raise BadInput("rows were 0, allowed is enough for a fit part and a calibration slice")
    border = int(ordered.starts[min(len(ordered) - 1, round(len(ordered) * (1 - holdout_share)))])
    held = _once(ordered.take(ordered.starts >= border))
    later = Span(border - embargo, int(held.ends.max()) + 1)
    fitted = ordered.take(purge_mask(ordered.starts, ordered.ends, [later], embargo))
    if not len(fitted):
        raise BadInput(f"rows to fit were 0: no label ended {embargo} ns before the calibration slice of {len(held)}")
    audit_purge(fitted.starts, fitted.ends, [later], embargo, "fit part before the calibration slice")
    return fitted, held


def _once(ordered: Samples) -> Samples:
    marks = np.column_stack([ordered.starts, ordered.ends, ordered.instrument])
    new = np.ones(len(ordered), dtype=np.bool_)
    alike = np.isnan(ordered.x[1:]) & np.isnan(ordered.x[:-1]) | (ordered.x[1:] == ordered.x[:-1])
    new[1:] = (marks[1:] != marks[:-1]).any(axis=1) | ~alike.all(axis=1)
    return ordered.take(new)
