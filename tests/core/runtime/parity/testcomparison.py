# file: tests/core/runtime/parity/testcomparison.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.runtime.parity.comparison import Cause, OrderStep, ParityAction, compare

STEP = 300
FILL = ParityAction("fill", 900, "Trend-000", "BTC", "BUY", Decimal("0.5"), (Decimal(40_000),))
INTENT = ParityAction("intent", 900, "Trend-000", "BTC", "LONG", Decimal("0.5"), (Decimal(40_000), None), "approved")
STOP = ParityAction(
    "order", 900, "Trend-000", "BTC", "", Decimal(0),
    turns=(
        OrderStep("OrderSubmitted", 900), OrderStep("OrderAccepted", 901),
        OrderStep("OrderUpdated", 1_000, Decimal("0.5"), Decimal(39_000)), OrderStep("OrderCanceled", 1_300),
    ),
)  # fmt: skip


def turned(number: int, **fields: Any) -> ParityAction:
    turns = list(STOP.turns)
    turns[number] = replace(turns[number], **fields)
    return replace(STOP, turns=tuple(turns), ts=turns[0].ts)


def test_the_same_is_no_difference_in_whatever_order_it_is_told() -> None:
    other = replace(FILL, strategy="Carry-001")
    assert compare([INTENT, FILL, other, STOP], [STOP, other, FILL, INTENT], {}, STEP) == []


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        (replace(INTENT, verdict="exposure_cap"), Cause.POLICY),
        (replace(INTENT, prices=(Decimal(40_000), Decimal(39_000))), Cause.PRICE),
        (replace(INTENT, quantity=Decimal("0.4")), Cause.SIZE),
        (replace(INTENT, ts=1_200), Cause.TIMING),
        (replace(INTENT, ts=99_000), Cause.TIMING),
    ],
)
def test_what_differs_names_the_cause(changed: ParityAction, cause: Cause) -> None:
    (found,) = compare([changed], [INTENT], {}, STEP)
    assert (found.cause, found.node, found.backtest) == (cause, changed, INTENT)


@pytest.mark.parametrize(
    ("changed", "cause", "node", "backtest"),
    [
        (turned(2, price=Decimal(38_000)), Cause.PRICE, "updated 0.5 at 38000", "updated 0.5 at 39000"),
        (turned(2, quantity=Decimal(1)), Cause.SIZE, "updated 1 at 39000", "updated 0.5 at 39000"),
        (turned(2, ts=1_001), Cause.TIMING, "updated 0.5 at 39000", "updated 0.5 at 39000"),
        (turned(3, reason="late"), Cause.POLICY, "canceled (late)", "canceled"),
        (replace(STOP, turns=(*STOP.turns[2:0:-1], STOP.turns[3])), Cause.POLICY, "updated 0.5 at 39000", "submitted"),
        (replace(STOP, turns=(*STOP.turns[1::-1], *STOP.turns[2:])), Cause.TIMING, "accepted", "submitted"),
        (turned(1, event="OrderRejected"), Cause.POLICY, "rejected", "accepted"),
        (replace(STOP, turns=STOP.turns[:3]), Cause.POLICY, "nothing after updated", "canceled"),
        (replace(STOP, turns=STOP.turns[1:], ts=901), Cause.POLICY, "accepted", "submitted"),
        (replace(STOP, turns=STOP.turns[3:], ts=1_300), Cause.POLICY, "canceled", "submitted"),
        (replace(STOP, side="entry"), Cause.POLICY, "entry submitted", "submitted"),
    ],
)
def test_an_orders_life_is_compared_turn_by_turn(changed: ParityAction, cause: Cause, node: str, backtest: str) -> None:
    (found,) = compare([changed], [STOP], {}, STEP)
    assert found.cause is cause
    assert [side.endswith(ending) for side, ending in zip(found.sides, (node, backtest), strict=True)] == [True, True]


def test_what_only_one_did_lies_in_a_bar_the_other_never_saw_or_a_rule_forbade_it() -> None:
    causes: list[tuple[dict[str, list[int]], Cause]] = [
        ({}, Cause.POLICY),
        ({"ETH": [900]}, Cause.POLICY),
        ({"BTC": [900]}, Cause.DATA),
    ]
    for unlike, cause in causes:
        assert [item.cause for item in compare([], [FILL], unlike, STEP)] == [cause]
        assert [item.cause for item in compare([FILL], [], unlike, STEP)] == [cause]


@pytest.mark.parametrize(
    ("did", "close", "cause"),
    [
        (INTENT, 600, Cause.POLICY), (INTENT, 601, Cause.DATA), (INTENT, 900, Cause.DATA), (INTENT, 901, Cause.POLICY),
        (FILL, 600, Cause.POLICY), (FILL, 601, Cause.DATA), (FILL, 1_199, Cause.DATA), (FILL, 1_200, Cause.POLICY),
    ],
)  # fmt: skip
def test_an_intent_answers_the_bar_before_it_and_a_fill_lies_in_one(
    did: ParityAction, close: int, cause: Cause
) -> None:
    assert [item.cause for item in compare([did], [], {"BTC": [close]}, STEP)] == [cause]


def test_what_is_late_by_a_bar_that_one_of_the_two_never_saw_is_missing_data() -> None:
    (found,) = compare([replace(INTENT, ts=1_200)], [INTENT], {"BTC": [900]}, STEP)
    assert (found.cause, found.ts) == (Cause.DATA, 900)


def test_another_side_at_the_same_moment_is_one_difference_and_at_another_two() -> None:
    (found,) = compare([replace(FILL, side="SELL")], [FILL], {}, STEP)
    assert (found.cause, found.node and found.node.side, found.backtest) == (Cause.POLICY, "SELL", FILL)
    assert [item.cause for item in compare([replace(FILL, side="SELL")], [FILL], {"BTC": [900]}, STEP)] == [Cause.DATA]
    apart = compare([replace(FILL, side="SELL", ts=901)], [FILL], {}, STEP)
    assert [(item.node is None, item.backtest is None) for item in apart] == [(True, False), (False, True)]


def test_the_nearest_is_the_twin() -> None:
    found = compare([replace(FILL, ts=1_190)], [FILL, replace(FILL, ts=1_200)], {}, STEP)
    assert [(item.cause, item.backtest and item.backtest.ts) for item in found] == [
        (Cause.POLICY, 900), (Cause.TIMING, 1_200),
    ]  # fmt: skip


def test_the_sentence_says_who_did_what_and_why_they_differ() -> None:
    (found,) = compare([], [INTENT], {"BTC": [900]}, STEP)
    assert found.sentence == (
        "intent of Trend-000 in BTC: missing data; the node did nothing,"
        " the backtest at 1970-01-01T00:00:00.000000900Z: LONG 0.5 at 40000 -, approved"
    )


NUMBERS = st.integers(1, 9).map(Decimal)
TURNS = st.lists(
    st.builds(
        OrderStep, st.sampled_from(["OrderAccepted", "OrderUpdated"]), st.integers(0, 3_000), NUMBERS, NUMBERS,
        st.sampled_from(["", "why"]),
    ), min_size=1, max_size=4,
).map(tuple)  # fmt: skip
ORDERS = TURNS.map(lambda turns: ParityAction("order", turns[0].ts, "A", "X", "", Decimal(0), turns=turns))
DONE = st.lists(
    st.one_of(
        st.builds(
            ParityAction, st.sampled_from(["intent", "fill"]), st.integers(0, 3_000), st.sampled_from("AB"),
            st.sampled_from("XY"), st.sampled_from(["BUY", "SELL"]), NUMBERS, st.tuples(NUMBERS),
            st.sampled_from(["", "cap"]),
        ),
        ORDERS,
    ), min_size=1, max_size=30,
)  # fmt: skip
CHANGES: dict[str, tuple[Any, Cause]] = {
    "side": ("other", Cause.POLICY), "verdict": ("other", Cause.POLICY),
    "prices": ((Decimal(99),), Cause.PRICE), "quantity": (Decimal(99), Cause.SIZE),
}  # fmt: skip


@given(DONE, st.randoms(use_true_random=False))
def test_whatever_is_done_equals_itself(done: list[ParityAction], chance: Any) -> None:
    assert compare(done, chance.sample(done, len(done)), {}, STEP) == []


@given(DONE, st.sampled_from(sorted(CHANGES)), st.data())
def test_each_change_is_one_difference_with_its_cause(
    done: list[ParityAction], field: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(done) - 1))
    value, cause = CHANGES[field]
    changed: Any = {field: value}
    node = [*done[:at], replace(done[at], **changed), *done[at + 1 :]]
    assert [item.cause for item in compare(node, done, {}, STEP)] == [cause]


TURNED: dict[str, tuple[Any, Cause]] = {
    "event": ("OrderExpired", Cause.POLICY), "reason": ("other", Cause.POLICY), "price": (Decimal(99), Cause.PRICE),
    "quantity": (Decimal(99), Cause.SIZE), "ts": (90_000, Cause.TIMING),
}  # fmt: skip


@given(st.lists(ORDERS, min_size=1, max_size=20), st.sampled_from([*sorted(TURNED), ""]), st.data())
def test_each_change_of_a_turn_is_one_difference_with_its_cause(
    done: list[ParityAction], field: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(done) - 1))
    turn = data.draw(st.integers(0, len(done[at].turns) - 1))
    value, cause = TURNED.get(field, (None, Cause.POLICY))
    change: Any = {field: value}
    instead = [replace(done[at].turns[turn], **change)] if field else []
    turns = (*done[at].turns[:turn], *instead, *done[at].turns[turn + 1 :])
    changed = [replace(done[at], turns=turns, ts=turns[0].ts)] if turns else []
    node = [*done[:at], *changed, *done[at + 1 :]]
    assert [item.cause for item in compare(node, done, {}, STEP)] == [cause]


@given(DONE, st.integers(1, STEP), st.data())
def test_what_is_late_is_one_difference(done: list[ParityAction], late: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(done) - 1))
    was = done[at]
    turns = tuple(replace(turn, ts=turn.ts + late) for turn in was.turns)
    node = [*done[:at], replace(was, ts=was.ts + late, turns=turns), *done[at + 1 :]]
    assert [item.cause for item in compare(node, done, {}, STEP)] == [Cause.TIMING]


@given(DONE, st.booleans(), st.data())
def test_what_one_did_not_do_is_one_difference(done: list[ParityAction], mine: bool, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(done) - 1))
    less = done[:at] + done[at + 1 :]
    (found,) = compare(less, done, {}, STEP) if mine else compare(done, less, {}, STEP)
    assert (found.cause, found.backtest if mine else found.node) == (Cause.POLICY, done[at])
