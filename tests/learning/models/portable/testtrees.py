# file: tests/learning/models/portable/testtrees.py
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.learning.models.portable.trees import DEEPEST, Trees

# One tree of two splits, then a single leaf: 0 -> 1, 2; 1 -> 3, 4; 5.
SOUND: dict[str, Any] = {
    "feature": [0, 1, 0, 0, 0, 0],
    "threshold": [0.5, 0.25, 0, 0, 0, 0],
    "left": [1, 3, -1, -1, -1, -1],
    "right": [2, 4, -1, -1, -1, -1],
    "missing": [1, 0, 0, 0, 0, 0],
    "value": [0, 0, 1.0, 2.0, 3.0, 4.0],
    "roots": [0, 5], "base": 0.5, "single": True, "width": 2,
}  # fmt: skip


def test_a_sound_forest_is_taken_and_frozen() -> None:
    trees = Trees(**SOUND)
    assert trees.depths().tolist() == [2, 0]
    assert trees.feature.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        trees.value[0] = 1.0


@pytest.mark.parametrize(
    ("name", "place", "value", "said"),
    [
        ("left", 0, 6, "left 0 was 6, allowed is a later node, below 6"),
        ("right", 1, 6, "right 1 was 6, allowed is a later node, below 6"),
        ("right", 1, -1, "right 1 was -1, allowed is a later node, below 6"),
        ("left", 1, 0, "left 1 was 0, allowed is a later node"),
        ("left", 1, 1, "left 1 was 1, allowed is a later node"),
        ("left", 2, -7, "left 2 was -7, allowed is -1 on both sides of a leaf"),
        ("right", 2, 3, "right 2 was 3, allowed is -1 on both sides of a leaf"),
        ("right", 0, 3, "parents of node 2 was 0, allowed is 1"),
        ("right", 0, 1, "parents of node 1 was 2, allowed is 1"),
        ("roots", 1, 0, "parents of node 0 was 2, allowed is 1"),
        ("roots", 1, 6, "roots 1 was 6, allowed is 0 to 5"),
        ("roots", 0, -1, "roots 0 was -1, allowed is 0 to 5"),
        ("roots", 1, 2**31, "roots 1 was 2147483648, allowed is what int32 can hold"),
        ("left", 0, 1.5, "left 0 was 1.5, allowed is what int32 can hold"),
        ("left", 0, np.nan, "left 0 was nan, allowed is what int32 can hold"),
        ("feature", 0, 2, "feature 0 was 2, allowed is 0 to 1"),
        ("feature", 1, -1, "feature 1 was -1, allowed is 0 to 1"),
        ("threshold", 0, np.nan, "threshold 0 was nan, allowed is a number"),
        ("threshold", 0, 0.1, "threshold 0 was 0.1, allowed is what a float32 can hold"),
        ("value", 3, 1e300, r"value 3 was 1e\+300, allowed is what a float32 can hold"),
        ("value", 3, np.inf, "value 3 was inf, allowed is a finite number"),
        ("value", 0, np.nan, "value 0 was nan, allowed is a finite number"),
        ("missing", 1, 5, "missing 1 was 5, allowed is 0 to 4"),
    ],
)
def test_a_damaged_array_is_refused_with_the_place(name: str, place: int, value: float, said: str) -> None:
    values = list(SOUND[name])
    values[place] = value
    with pytest.raises(BadInput, match=said):
        Trees(**SOUND | {name: values})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("base", np.nan, "base was nan, allowed is a finite number"),
        ("base", 0.1, "base 0 was 0.1, allowed is what a float32 can hold"),
        ("single", 2, "single was 2, allowed is 0 or 1"),
        ("width", 0, "width was 0, allowed is a whole number from 1"),
        ("width", np.nan, "width was nan, allowed is a whole number"),
        ("width", 1.5, "width was 1.5, allowed is a whole number"),
        ("roots", [], "roots were 0, allowed is 1 or more"),
        ("value", [0, 0, 1.0], "value had 3 values, allowed is 6"),
        ("left", [[1, 2]], "left had 2 dimensions, allowed is 1"),
        ("feature", ["a"] * 6, "feature was of type <U1, allowed are numbers"),
    ],
)
def test_anything_else_that_is_wrong_is_refused(name: str, value: object, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Trees(**SOUND | {name: value})


def test_a_forest_without_nodes_is_refused() -> None:
    none: dict[str, Any] = {name: [] for name in SOUND if isinstance(SOUND[name], list)}
    with pytest.raises(BadInput, match="roots were 0"):
        Trees(**SOUND | none)
    with pytest.raises(BadInput, match="roots 0 was 0"):
        Trees(**SOUND | none | {"roots": [0]})


def _chain(depth: int) -> Trees:
    # Split i is node 2i: its left child is the leaf 2i + 1, its right child the next split.
    count = 2 * depth + 1
    places = np.arange(count)
    inner = (places % 2 == 0) & (places < count - 1)
    children = {"left": np.where(inner, places + 1, -1), "right": np.where(inner, places + 2, -1)}
    numbers = dict.fromkeys(("feature", "threshold", "missing", "value"), np.zeros(count))
    return Trees(**children, **numbers, roots=np.array([0]), base=0.0, single=False, width=1)


def test_a_tree_of_the_greatest_depth_is_taken_and_a_deeper_one_is_not() -> None:
    assert _chain(DEEPEST).depths().tolist() == [DEEPEST]
    for depth in (DEEPEST + 1, 100_000):
        with pytest.raises(BadInput, match=f"depth was {DEEPEST + 1}, allowed is {DEEPEST} or less"):
            _chain(depth)
