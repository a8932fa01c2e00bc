# file: tests/core/execution/teststrategystate.py
from __future__ import annotations

import enum
import pickle
import random
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from nautilus_trader.indicators import SimpleMovingAverage

from tradingbot.core.execution.indicator import Indicator
from tradingbot.core.execution.strategystate import put_attributes_back
from tradingbot.core.messages.intent import Side


class Box:
    def __init__(self, **fields: Any) -> None:
        vars(self).update(fields)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class Slotted:
    __slots__ = ("__hidden", "inner", "unset")

    def __init__(self, inner: Any) -> None:
        self.inner, self.__hidden = inner, inner

    @property
    def hidden(self) -> Any:
        return self.__hidden


@dataclass(frozen=True)
class Frozen:
    size: int
    inner: Any


@dataclass(frozen=True, slots=True)
class FrozenSlots:
    inner: Any


class Pair(NamedTuple):
    left: Any
    right: Any


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


def restored(now: Any, was: Any) -> Any:
    """Put the attributes of `was`, as they come out of a checkpoint, into `now`."""
    put_attributes_back(now, dict(vars(now)), pickle.loads(pickle.dumps(dict(vars(was)))))  # noqa: S301
    return now


_VALUES = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4) | st.sampled_from(Side),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.lists(inner, max_size=3).map(deque),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(lambda known: defaultdict(list, known)),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(OrderedDict),
        st.builds(Frozen, st.integers(), inner),
        st.builds(FrozenSlots, inner),
        st.builds(Pair, inner, inner),
        st.builds(SimpleNamespace, some=inner, other=inner),
    ),
    max_leaves=8,
)
_ATTRIBUTES = st.dictionaries(st.sampled_from("abcde"), _VALUES)


@given(now=_ATTRIBUTES, was=_ATTRIBUTES)
def test_whatever_is_there_attributes_are_afterwards_what_they_were(now: dict[str, Any], was: dict[str, Any]) -> None:
    assert vars(restored(Box(**now), Box(**was))) == was


def test_containers_arrays_and_objects_that_both_have_are_changed_in_place() -> None:
    now = Box(
        window=np.zeros(3), watched={"a": Box(level=1)}, last=deque([1], maxlen=4), rows=[Box(level=1)],
        counts=defaultdict(list), random=random.Random(1), mean=Indicator(SimpleMovingAverage, 3),
    )  # fmt: skip
    parts, watch, row, view = dict(vars(now)), now.watched["a"], now.rows[0], now.window[1:]
    was = Box(
        window=np.arange(3.0), watched={"a": Box(level=2), "b": Box(level=3)}, last=deque([2, 3], maxlen=4),
        rows=[Box(level=4), Box(level=5)], counts=defaultdict(list, a=[1]), random=random.Random(2),
        mean=Indicator(SimpleMovingAverage, 3),
    )  # fmt: skip
    was.mean.update_raw(7.0)
    expected = random.Random(2).random()
    restored(now, was)
    assert all(vars(now)[name] is part for name, part in parts.items())
    assert (now.watched["a"] is watch, now.rows[0] is row) == (True, True)
    assert (watch.level, now.watched["b"].level, row.level, now.rows[1].level) == (2, 3, 4, 5)
    assert (view.tolist(), list(now.last), now.last.maxlen) == ([1.0, 2.0], [2, 3], 4)
    assert (now.random.random(), now.mean.count, now.counts["new"]) == (expected, 1, [])


def test_attributes_that_were_not_there_go_and_those_that_are_new_come() -> None:
    now, was = Box(kept=Box(old=1, both=1), gone=1), Box(kept=Box(both=2, late=3), late=[1])
    kept = now.kept
    restored(now, was)
    assert (set(vars(now)), now.kept is kept, vars(kept)) == ({"kept", "late"}, True, {"both": 2, "late": 3})


def test_one_object_in_two_places_is_one_again_and_two_are_two() -> None:
    shared = Box(level=1)
    now, was = Box(first=shared, second=shared, rows=[]), Box(first=Box(level=2), second=Box(level=3), rows=[])
    restored(now, was)
    assert (now.first.level, now.second.level, now.first is shared) == (2, 3, True)
    now, was = Box(first=Box(level=1), second=Box(level=1), rows=[]), Box(first=(one := Box(level=2)), second=one)
    vars(was)["rows"] = [one, (one,), {"a": one}]
    restored(now, was)
    assert now.first is now.second is now.rows[0] is now.rows[1][0] is now.rows[2]["a"]


def test_objects_that_refer_to_each_other_are_put_back() -> None:
    now, was = Box(left=Box(), right=Box()), Box(left=Box(), right=Box())
    for box in (now, was):
        box.left.other, box.right.other = box.right, box.left
    was.left.level, left = 5, now.left
    restored(now, was)
    assert (now.left is left, left.level, now.right.other is left, left.other is now.right) == (True, 5, True, True)


def test_slots_are_put_back_in_place() -> None:
    now, was = Box(slotted=Slotted([1])), Box(slotted=Slotted([2]))
    slotted, inner = now.slotted, now.slotted.inner
    restored(now, was)
    assert (now.slotted is slotted, slotted.inner is inner, slotted.hidden is inner, inner) == (True, True, True, [2])


def test_what_cannot_change_is_replaced_but_what_it_holds_is_changed_in_place() -> None:
    window = [1]
    now = Box(side=Side.LONG, colour=Colour.RED, plan=Frozen(1, window), light=FrozenSlots([1]), pair=Pair(window, 1))
    was = Box(side=Side.SHORT, colour=Colour.BLUE, plan=Frozen(2, [2]), light=FrozenSlots([3]), pair=Pair([4], 2))
    vars(was)["pair"] = Pair(was.plan.inner, 2)
    before, light = now.plan, now.light.inner
    restored(now, was)
    assert (now.side, now.colour, Side.LONG.value, Colour.RED.value) == (Side.SHORT, Colour.BLUE, "LONG", 1)
    assert (before.size, now.plan.size) == (1, 2)
    assert now.plan.inner is window
    assert now.pair.left is window
    assert (window, now.light.inner is light, light) == ([2], True, [3])


def test_an_array_of_another_shape_takes_the_place_of_what_is_there() -> None:
    now = restored(Box(window=np.zeros(3)), Box(window=np.ones(4)))
    assert now.window.tolist() == [1.0] * 4
