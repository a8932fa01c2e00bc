# file: learning/models/holdout.py
"""Keep a later slice of the training rows back for what must not be fitted on rows that the members saw."""

from __future__ import annotations

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.folds.audit import audit
from tradingbot.core.folds.purge import keep
from tradingbot.core.folds.span import Span
from tradingbot.learning.models.samples import Samples

__all__ = ["hold_out"]


def hold_out(samples: Samples, holdout_share: float, embargo: int) -> tuple[Samples, Samples]:
    """Return the rows that are fitted and the later `holdout_share` of the rows that calibrates, both in time.

    Labels of the first end more than `embargo` ns before the second begins; the rows between are in neither. A
    row that was drawn more than once stays so in the first and is there once in the second, whose rows are counted.

    Raises
    ------
    BadInput
        When the share is not between 0 and 1, or a part would be empty.
    RunFailed
        When a label leaks after all.
    """
    if not 0 < holdout_share < 1:
        raise BadInput(f"holdout share was {holdout_share:g}, allowed is between 0 and 1")
    ordered = samples.in_time()
    if not len(ordered):
        raise BadInput("rows were 0, allowed is enough for a fit part and a calibration slice")
    border = int(ordered.starts[min(len(ordered) - 1, round(len(ordered) * (1 - holdout_share)))])
    held = _once(ordered.take(ordered.starts >= border))
    later = Span(border - embargo, int(held.ends.max()) + 1)
    fitted = ordered.take(keep(ordered.starts, ordered.ends, [later], embargo))
    if not len(fitted):
        raise BadInput(f"rows to fit were 0: no label ended {embargo} ns before the calibration slice of {len(held)}")
    audit(fitted.starts, fitted.ends, [later], embargo, "fit part before the calibration slice")
    return fitted, held


def _once(ordered: Samples) -> Samples:
    marks = np.column_stack([ordered.starts, ordered.ends, ordered.instrument])
    new = np.ones(len(ordered), dtype=np.bool_)
    alike = np.isnan(ordered.x[1:]) & np.isnan(ordered.x[:-1]) | (ordered.x[1:] == ordered.x[:-1])
    new[1:] = (marks[1:] != marks[:-1]).any(axis=1) | ~alike.all(axis=1)
    return ordered.take(new)
