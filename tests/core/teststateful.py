# file: tests/core/teststateful.py
from __future__ import annotations

import copy
import pickle
import random
from collections import Counter, defaultdict, deque
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.stateful import Stateful


class Part(Stateful):
    state_names = ("value",)

    def __init__(self, value: Any = None) -> None:
        self.value = value
        self.setting = "of the constructor"


class Whole(Stateful):
    state_names: ClassVar[tuple[str, ...]] = ("parts",)

    def __init__(self, parts: Any) -> None:
        self.parts = parts


def again(now: Stateful, was: Stateful) -> None:
    """Put the state of `was`, as it comes out of a checkpoint, into `now`."""
    now.load_state_dict(pickle.loads(pickle.dumps(was.state_dict())))  # noqa: S301


_PLAIN = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(now=_PLAIN, was=_PLAIN)
def test_a_value_comes_back_whatever_is_there(now: Any, was: Any) -> None:
    part, expected = Part(now), copy.deepcopy(was)
    again(part, Part(was))
    assert (part.value, part.setting) == (expected, "of the constructor")


@pytest.mark.parametrize(
    ("now", "was"),
    [
        ([1], [2, 3]),
        ({"a": 1}, {"b": [2]}),
        ({1}, {2, 3}),
        (deque([1], maxlen=3), deque([2, 3], maxlen=3)),
        (defaultdict(list, a=[1]), defaultdict(list, b=[2])),
        (Counter("aab"), Counter("c")),
    ],
)
def test_who_shares_a_container_sees_what_comes_back(now: Any, was: Any) -> None:
    part, shared = Part(now), now
    again(part, Part(was))
    assert part.value is shared
    assert shared == was


def test_a_bounded_queue_keeps_its_bound_and_a_dict_its_factory() -> None:
    part = Part({"queue": deque([0], maxlen=2), "lists": defaultdict(list)})
    again(part, Part({"queue": deque([1, 2], maxlen=2), "lists": defaultdict(list, a=[1])}))
    part.value["queue"].append(3)
    part.value["lists"]["b"].append(4)
    assert part.value == {"queue": deque([2, 3]), "lists": {"a": [1], "b": [4]}}


def test_views_of_an_array_see_what_comes_back() -> None:
    part = Part(np.zeros(4))
    view = part.value[2:]
    again(part, Part(np.arange(4.0)))
    assert view.tolist() == [2.0, 3.0]


def test_an_array_of_another_kind_is_replaced() -> None:
    part = Part(np.zeros(4))
    again(part, Part(np.arange(3, dtype=np.int64)))
    assert (part.value.tolist(), part.value.dtype) == ([0, 1, 2], np.int64)


@given(drawn=st.integers(0, 50))
def test_chance_goes_on_where_it_was(drawn: int) -> None:
    now, was = Part(random.Random(1)), Part(random.Random(2))
    for _ in range(drawn):
        was.value.random()
    generator = now.value
    again(now, was)
    assert now.value is generator
    assert [generator.random() for _ in range(5)] == [was.value.random() for _ in range(5)]


@pytest.mark.parametrize("make", [dict, list, tuple])
def test_components_within_containers_are_put_back_themselves_also_beside_none(make: Any) -> None:
    def whole(*values: Any) -> Whole:
        parts = [None if value is None else Part(value) for value in values]
        return Whole(dict(enumerate(parts)) if make is dict else make(parts))

    now, was = whole(1, None, [3]), whole(4, None, [6])
    first = now.parts[0]
    again(now, was)
    assert now.parts[0] is first
    assert (first.value, now.parts[1], now.parts[2].value) == (4, None, [6])


def test_components_are_nested() -> None:
    now, was = Whole({"a": Whole([Part(1)])}), Whole({"a": Whole([Part(2)])})
    inner = now.parts["a"].parts[0]
    again(now, was)
    assert (now.parts["a"].parts[0] is inner, inner.value) == (True, 2)


def test_another_number_of_components_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter than argument"):
        again(Whole([Part(1), Part(2)]), Whole([Part(1)]))
