# file: learning/models/portable/trees.py
"""Boosted trees as plain arrays, proven to be trees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput
from tradingbot.learning.models.portable.fields import Array, exactly, frozen

DEEPEST = 512
_WIDEST = 1 << 16


class Missing(IntEnum):
    """Where a value that is not there goes."""

    AS_ZERO = 0
    """NaN counts as 0."""
    LEFT = 1
    RIGHT = 2
    ZERO_LEFT = 3
    """NaN and 0 go left."""
    ZERO_RIGHT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """The log-odds of a forest: `base` plus one leaf's value for each tree.

    Node i sends x to `left[i]` when x[feature[i]] <= threshold[i] (LightGBM), or < in float32 when `single` (XGBoost),
    else to `right[i]`; both are -1 in a leaf. A child comes after its parent and has no other. `missing` [nodes] holds
    `Missing`, `value` [nodes] what a leaf adds, `roots` [trees] each tree's first node in the order they are added up:
    in float32 from `base` when `single`, in float64 otherwise. `width` is the number of features x has.

    Raises BadInput: Anything else, naming the array, the place, what was and what is allowed.
    """

    feature: Array
    threshold: Array
    left: Array
    right: Array
    missing: Array
    value: Array
    roots: Array
    base: float
    single: bool
    width: int

    def __post_init__(self) -> None:
        """Freeze the arrays and prove that every way down ends in a leaf."""
        for name, kind in _KINDS.items():
            object.__setattr__(self, name, frozen(getattr(self, name), kind, name))
            if name != "roots":
                exactly(getattr(self, name), len(self.feature), name)
        self._check_settings()
        self._check_numbers()
        self._check_shape()
        if self.single:
            self._check_single()

    @property
    def leaves(self) -> Array:
        """Which nodes are leaves: [nodes]."""
        found: Array = self.left < 0
        return found

    def _check_settings(self) -> None:
        if self.single not in {0, 1}:
            raise BadInput(f"single was {self.single}, allowed is 0 or 1")
        if not (1 <= self.width <= _WIDEST and self.width == int(self.width)):
            raise BadInput(f"width was {self.width}, allowed is a whole number from 1 to {_WIDEST}")
        if not np.isfinite(self.base):
            raise BadInput(f"base was {self.base}, allowed is a finite number")
        object.__setattr__(self, "base", float(self.base))
        object.__setattr__(self, "single", bool(self.single))
        object.__setattr__(self, "width", int(self.width))

    def _check_single(self) -> None:
        for name, values in (("threshold", self.threshold), ("value", self.value), ("base", np.array([self.base]))):
            with np.errstate(over="ignore"):
                _all(values.astype(np.float32) != values, values, "what a float32 can hold", name)

    def _check_numbers(self) -> None:
        inner = ~self.leaves
        _all(inner & ~((self.feature >= 0) & (self.feature < self.width)), self.feature, f"0 to {self.width - 1}")
        _all(np.isnan(self.threshold), self.threshold, "a number", "threshold")
        _all(~np.isfinite(self.value), self.value, "a finite number", "value")
        _all(~np.isin(self.missing, list(Missing)), self.missing, f"0 to {max(Missing)}", "missing")

    def _check_shape(self) -> None:
        count, places, inner = len(self.feature), np.arange(len(self.feature)), ~self.leaves
        if not len(self.roots):
            raise BadInput("roots were 0, allowed is 1 or more")
        for name, child in (("left", self.left), ("right", self.right)):
            _all(inner & ((child <= places) | (child >= count)), child, f"a later node, below {count}", name)
            _all(~inner & (child != -1), child, "-1 on both sides of a leaf", name)
        _all((self.roots < 0) | (self.roots >= count), self.roots, f"0 to {count - 1}", "roots")
        parents = np.bincount(np.concatenate([self.left[inner], self.right[inner], self.roots]), minlength=count)
        _all(parents != 1, parents, "1: each node is one tree's root or one parent's child", "parents of node")
        deepest = int(self.depths().max())
        if deepest > DEEPEST:
            raise BadInput(f"depth was {deepest}, allowed is {DEEPEST} or less")

    def depths(self) -> Ints:
        """Return how many steps each tree's longest way down has: [trees]; counts no further than one too many."""
        depths = np.zeros(len(self.roots), dtype=np.int64)
        trees, nodes = np.arange(len(self.roots)), self.roots.astype(np.int64)
        for _ in range(DEEPEST + 1):
            inner = ~self.leaves[nodes]
            if not inner.any():
                break
            trees, nodes = trees[inner], nodes[inner]
            depths[trees] += 1
            trees, nodes = np.concatenate([trees, trees]), np.concatenate([self.left[nodes], self.right[nodes]])
        return depths


def _all(wrong: Array, values: Array, allowed: str, name: str = "feature") -> None:
    if wrong.any():
        place = int(np.argmax(wrong))
        raise BadInput(f"{name} {place} was {values[place]}, allowed is {allowed}")


_KINDS = {
    "feature": np.int32,
    "threshold": np.float64,
    "left": np.int32,
    "right": np.int32,
    "missing": np.int8,
    "value": np.float64,
    "roots": np.int32,
}
