# file: learning/models/portable/knots.py
"""Hold a calibration as corners of a rising line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.learning.models.portable.fields import Array, exactly, frozen

__all__ = ["IDENTITY", "Knots"]


@dataclass(frozen=True, slots=True, eq=False)
class Knots:
    """A map from probability to calibrated probability: straight between (`x`, `y`) [q], flat outside.

    `x` rises, `y` does not fall; both are 0 to 1.

    Raises
    ------
    BadInput
        Anything else.
    """

    x: Array
    y: Array

    def __post_init__(self) -> None:
        """Freeze the arrays and check them."""
        for name in ("x", "y"):
            values = frozen(getattr(self, name), np.float64, name)
            object.__setattr__(self, name, values)
            exactly(values, max(len(self.x), 1), name)
            wrong = ~((values >= 0) & (values <= 1))
            if wrong.any():
                place = int(np.argmax(wrong))
                raise BadInput(f"{name} {place} was {values[place]}, allowed is 0 to 1")
        for name, values, wrong in (("x", self.x, np.diff(self.x) <= 0), ("y", self.y, np.diff(self.y) < 0)):
            if wrong.any():
                place = int(np.argmax(wrong)) + 1
                rule = "more than" if name == "x" else "no less than"
                raise BadInput(f"{name} {place} was {values[place]}, allowed is {rule} {values[place - 1]} before it")


IDENTITY = Knots(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
