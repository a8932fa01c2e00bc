# file: learning/models/portable/linear.py
"""Logistic regression and piecewise-linear calibration as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import BadInput
from tradingbot.learning.models.portable.fields import Array, exactly, frozen, refuse_where


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The log-odds `intercept` + sum of `coefficients` * (x - `centre`) / `scale`, all [k], added up in their order.

    As a member, a feature that is NaN counts as its centre: it adds nothing. As a stack, NaN log-odds stay NaN.

    Raises BadInput when there are no or not as many numbers, one is not finite, or a scale is not above 0.
    """

    coefficients: Array
    intercept: float
    centre: Array
    scale: Array

    def __post_init__(self) -> None:
        """Freeze the arrays and check them."""
        for name in ("coefficients", "centre", "scale"):
            values = frozen(getattr(self, name), np.float64, name)
            object.__setattr__(self, name, values)
            exactly(values, max(len(self.coefficients), 1), name)
            refuse_where(~np.isfinite(values), values, name, "a finite number")
        object.__setattr__(self, "intercept", float(self.intercept))
        if not np.isfinite(self.intercept):
            raise BadInput(f"intercept was {self.intercept}, allowed is a finite number")
        refuse_where(self.scale <= 0, self.scale, "scale", "above 0")

    @property
    def width(self) -> int:
        """The number of features."""
        return len(self.coefficients)


def linear_of(
    coefficients: npt.ArrayLike,
    intercept: float,
    centre: npt.ArrayLike | None = None,
    scale: npt.ArrayLike | None = None,
) -> Linear:
    """Export a logistic regression on standardised features: `coefficients` [k] or [1, k] as scikit-learn has them.

    Without `centre` [k] and `scale` [k] the features are taken as they are.

    Raises BadInput as `Linear` does.
    """
    given = np.asarray(coefficients, dtype=np.float64)
    flat = given[0] if given.ndim == 2 and len(given) == 1 else given
    return Linear(
        coefficients=flat,
        intercept=float(np.asarray(intercept).item()),
        centre=np.zeros(len(flat)) if centre is None else np.asarray(centre),
        scale=np.ones(len(flat)) if scale is None else np.asarray(scale),
    )


@dataclass(frozen=True, slots=True, eq=False)
class PiecewiseLinear:
    """A map from probability to calibrated probability: straight between (`x`, `y`) [q], flat outside.

    `x` rises, `y` does not fall; both are 0 to 1.

    Raises BadInput when anything is otherwise.
    """

    x: Array
    y: Array

    def __post_init__(self) -> None:
        """Freeze the arrays and check them."""
        for name in ("x", "y"):
            values = frozen(getattr(self, name), np.float64, name)
            object.__setattr__(self, name, values)
            exactly(values, max(len(self.x), 1), name)
            refuse_where(~((values >= 0) & (values <= 1)), values, name, "0 to 1")
        for name, values, wrong in (("x", self.x, np.diff(self.x) <= 0), ("y", self.y, np.diff(self.y) < 0)):
            if wrong.any():
                place = int(np.argmax(wrong)) + 1
                rule = "more than" if name == "x" else "no less than"
                raise BadInput(f"{name} {place} was {values[place]}, allowed is {rule} {values[place - 1]} before it")


IDENTITY = PiecewiseLinear(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
