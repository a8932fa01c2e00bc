# file: learning/models/member.py
"""Name what the fit of one model gives back, whichever library it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.odds import sigmoid
from tradingbot.learning.models.portable.linear import Linear
from tradingbot.learning.models.portable.trees import Trees
from tradingbot.learning.models.samples import Labels

__all__ = ["Fit", "Member", "Source", "even_weights"]

type Source = Callable[[Floats], Floats]
type Fit = Callable[[Floats, Labels, Floats], Source]
"""(x [n, k], y [n], weight [n]) -> the probabilities of class 1 for any rows."""


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

    Raises
    ------
    BadInput
        When the rows do not hold both classes, or anything but them.
    """
    found = sorted(set(y.tolist()))
    if found != [0, 1]:
        raise BadInput(f"classes to fit were {found}, allowed are 0 and 1, both of them")
    scaled: Floats = np.asarray(weight / weight.mean(), dtype=np.float64)
    return scaled
