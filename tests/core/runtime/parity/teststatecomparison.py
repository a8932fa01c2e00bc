# file: tests/core/runtime/parity/teststatecomparison.py
from __future__ import annotations

import random
import zlib
from collections import deque
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.lane import Stage
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint
from tradingbot.core.runtime.checkpoint.holdings import HeldFill, HeldPosition, Holdings
from tradingbot.core.runtime.checkpoint.pickling import dump_state
from tradingbot.core.runtime.checkpoint.store import RefusedCheckpoint
from tradingbot.core.runtime.parity.comparison import Cause
from tradingbot.core.runtime.parity.statecomparison import StateDifference, compare_states


def kept(state: dict[str, Any], held: Holdings | None = None, balance: str = "100") -> Checkpoint:
    amount = Decimal(balance)
    return Checkpoint(0, 100, amount, amount, held or Holdings((), ()), (), zlib.compress(dump_state(state, {})))


def differing(node: dict[str, Any], backtest: dict[str, Any]) -> list[tuple[str, str, str]]:
    _parts, found = compare_states(kept(node), kept(backtest), {})
    return [(each.what, *each.sides) for each in found]


@dataclass
class Thing:
    """State of some strategy's own."""

    number: int
    values: list[float] = field(default_factory=list)
    myself: Any = None


class Slotted:
    """State with slots."""

    __slots__ = ("left", "right")

    def __init__(self, left: object) -> None:
        self.left = left


def test_what_is_the_same_has_no_difference_whatever_it_is_made_of() -> None:
    def state() -> dict[str, Any]:
        thing = Thing(1, [0.5, float("nan")])
        thing.myself = thing
        return {
            "a": {"dict": {"x": (1, None)}, "set": {"p", "q"}, "ring": deque([1, 2], 3), "thing": thing},
            "b": {"array": np.array([1.0, np.nan]), "random": random.Random(4), "slots": Slotted(Decimal("1.50"))},
            "c": {},
        }

    assert compare_states(kept(state()), kept(state()), {}) == (4, [])


@pytest.mark.parametrize(
    ("ours", "theirs", "path", "sides"),
    [
        (Decimal("1.5"), Decimal("1.6"), "", ("1.5", "1.6")),
        (1, 1.0, "", ("1", "1.0")),
        ("1", 1, "", ("1", "1")),
        (None, 0, "", ("None", "0")),
        ({"x": 1}, {}, ".x", ("1", "nothing")),
        ([1, 2], [1], ".1", ("2", "nothing")),
        ([1, [2, 3]], [1, [2, 4]], ".1.1", ("3", "4")),
        (deque([1]), deque([2]), ".0", ("1", "2")),
        ({"p"}, {"q"}, ".p", ("p", "nothing")),
        (Thing(1), Thing(2), ".number", ("1", "2")),
        (Thing(1, [0.5]), Thing(1, [0.25]), ".values.0", ("0.5", "0.25")),
        (Slotted("a"), Slotted("b"), ".left", ("a", "b")),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0]), ".1", ("2.0", "3.0")),
        (np.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 5]]), ".1.1", ("4", "5")),
        (np.array([1.0]), np.array([1.0, 2.0]), "", ("an array of float64 (1,)", "an array of float64 (2,)")),
        ([1], {"x": 1}, "", ("1 items", "1 items")),
        ("x" * 70, "y", "", ("x" * 60 + "...", "y")),
    ],
)
def test_a_difference_is_found_where_it_is(ours: Any, theirs: Any, path: str, sides: tuple[str, str]) -> None:
    node, backtest = sides
    found = differing({"desk": {"same": 1, "field": ours}}, {"desk": {"same": 1, "field": theirs}})
    assert found == [(f"desk.field{path}", f"has {node}", f"has {backtest}")]


def test_each_field_is_told_once_and_random_states_are_compared() -> None:
    node = {"a": {"x": [1, 2], "y": 3}, "b": {"random": random.Random(1)}}
    backtest = {"a": {"x": [5, 6], "y": 4}, "b": {"random": random.Random(2)}}
    assert [what.split(".")[:2] for what, *_ in differing(node, backtest)] == [["a", "x"], ["a", "y"], ["b", "random"]]


def test_a_part_that_one_of_them_lacks_is_told_but_for_the_record_that_a_node_keeps() -> None:
    assert differing({"filter": {}, "writer": {"bars": 4}}, {}) == [("filter", "has 0 items", "has nothing")]
    assert differing({}, {"filter": {}}) == [("filter", "has nothing", "has 0 items")]


def test_the_stage_is_no_state() -> None:
    assert differing({"a": {"stage": Stage.PAPER}}, {"a": {"stage": Stage.BACKTEST}}) == []


def test_account_and_holdings_are_compared_but_for_what_the_engine_forgets() -> None:
    fill = HeldFill(5, "O-20250101-000000-001-000-1", True, "1", "9", None, "2")
    held = Holdings((HeldPosition("S", "BTC", "1", 9.0, (fill,)),), ())
    forgotten = Holdings((replace(held.positions[0], fills=(replace(fill, asked=None),)),), ())
    assert compare_states(kept({}, held), kept({}, forgotten), {}) == (1, [])
    other = Holdings((replace(held.positions[0], signed="2"),), ())
    _parts, found = compare_states(kept({}, held), kept({}, other, "99"), {})
    assert [each.what for each in found] == ["account.balance", "account.start", "account.positions.0.signed"]
    assert {each.cause for each in found} == {Cause.STATE}
    assert found[0].sentence == (
        "account.balance at 1970-01-01T00:00:00.000000100Z: state; the node has 100, the backtest has 99"
    )


def orders(count: int, restarts: set[int], began: int, maker: str = "001-000") -> list[str]:
    """Return client order ids as an engine makes them: counted on, or from 1 again where the node was restarted."""
    ids, number = [], 0
    for order in range(count):
        number = 1 if order in restarts else number + 1
        ids.append(f"O-20250101-{began + order // 4:06d}-{maker}-{number}")
    return ids


@given(count=st.integers(0, 30), restarts=st.sets(st.integers(1, 29)), swapped=st.booleans(), data=st.data())
def test_orders_go_by_their_turn_however_they_are_numbered(
    count: int, restarts: set[int], swapped: bool, data: st.DataObject
) -> None:
    # A node that is restarted is so at another second.
    mine = [order for order in orders(count, set(), 100)]
    theirs = [f"{order[:11]}{500 + at:06d}{order[17:]}" for at, order in enumerate(orders(count, restarts, 0))]

    def state(ids: list[str]) -> dict[str, Any]:
        other = [order.replace("001-000", "001-001") for order in ids]
        return {"book": {"roles": dict.fromkeys(ids, "stop"), "live": {*ids}, "first": ids[:1], "other": other,
                         "said": [f"no parent {order} of it" for order in ids]}}  # fmt: skip

    assert differing(state(mine), state(theirs)) == []
    if count > 1 and swapped:
        at = data.draw(st.integers(1, count - 1))
        theirs[at], theirs[0] = theirs[0], theirs[at]
        assert {what.split(".")[1] for what, *_ in differing(state(mine), state(theirs))} >= {"first", "other", "said"}


def test_an_order_that_both_know_is_the_same_order() -> None:
    old, mine, theirs = (f"O-2025010{day}-000000-001-000-{number}" for day, number in ((9, 1), (1, 7), (2, 3)))
    assert differing({"a": {"ids": [old, mine]}}, {"a": {"ids": [old, theirs]}}) == []
    assert len(differing({"a": {"ids": [old, mine]}}, {"a": {"ids": [theirs, old]}})) == 1


def test_a_checkpoint_that_should_have_been_good_is_a_difference_of_state() -> None:
    found = StateDifference.of_refused(RefusedCheckpoint(0, "it was not signed with this home's key", altered=True))
    assert (found.what, found.cause) == ("checkpoint", Cause.STATE)
    assert "it was not signed with this home's key" in found.sentence
