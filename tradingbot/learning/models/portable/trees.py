# file: learning/models/portable/trees.py
"""Boosted trees as plain arrays, proven to be trees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput
from tradingbot.learning.models.portable.fields import Array, exactly, frozen, refuse_where

DEEPEST = 512
_WIDEST = 1 << 16
_KINDS = {
    "feature": np.int32, "threshold": np.float64, "left": np.int32, "right": np.int32, "missing": np.int8,
    "value": np.float64, "roots": np.int32,
}  # fmt: skip


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

    Raises BadInput when anything is otherwise, naming the array, the place, what was and what is allowed.
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
        return np.asarray(self.left < 0)

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
                refuse_where(values.astype(np.float32) != values, values, name, "what a float32 can hold")

    def _check_numbers(self) -> None:
        inner = ~self.leaves
        outside = inner & ~((self.feature >= 0) & (self.feature < self.width))
        refuse_where(outside, self.feature, "feature", f"0 to {self.width - 1}")
        refuse_where(np.isnan(self.threshold), self.threshold, "threshold", "a number")
        refuse_where(~np.isfinite(self.value), self.value, "value", "a finite number")
        refuse_where(~np.isin(self.missing, list(Missing)), self.missing, "missing", f"0 to {max(Missing)}")

    def _check_shape(self) -> None:
        count, places, inner = len(self.feature), np.arange(len(self.feature)), ~self.leaves
        if not len(self.roots):
            raise BadInput("roots were 0, allowed is 1 or more")
        for name, child in (("left", self.left), ("right", self.right)):
            refuse_where(inner & ((child <= places) | (child >= count)), child, name, f"a later node, below {count}")
            refuse_where(~inner & (child != -1), child, name, "-1 on both sides of a leaf")
        refuse_where((self.roots < 0) | (self.roots >= count), self.roots, "roots", f"0 to {count - 1}")
        parents = np.bincount(np.concatenate([self.left[inner], self.right[inner], self.roots]), minlength=count)
        refuse_where(parents != 1, parents, "parents of node", "1: each node is one tree's root or one parent's child")
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
