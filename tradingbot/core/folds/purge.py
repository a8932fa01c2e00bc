# file: core/folds/purge.py
"""Keep training clean of the test: a label that overlaps a test has seen its answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import BadInput
from tradingbot.core.folds.span import Span

__all__ = ["keep"]

BoolArray = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def keep(starts: Ints, ends: Ints, tests: Sequence[Span], embargo: int) -> BoolArray:
    """Return which labels may train: [n].

    A label covers [start, end], both included, in ns. It is left out when it shares an instant with a test span, or
    starts within `embargo` ns from the end of one. A span without length tests nothing. Source: Lopez de Prado (2018),
    "Advances in Financial Machine Learning", section 7.4.

    Raises
    ------
    BadInput
        When a label ends before it starts, the lengths differ, or `embargo` is negative.
    """
    if embargo < 0:
        raise BadInput(f"embargo was {embargo} ns, allowed is 0 or more")
    if len(starts) != len(ends) or (ends < starts).any():
        raise BadInput(
            f"labels had {len(starts)} starts and {len(ends)} ends, allowed is an end at or after each start"
        )
    clean = np.ones(len(starts), dtype=np.bool_)
    for test in tests:
        if test.end > test.start:
            clean &= (ends < test.start) | (starts >= test.end + embargo)
    return clean
