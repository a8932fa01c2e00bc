# file: tests/core/runtime/testparity.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tradingbot.core.runtime.parity import Cause, Did, compare

STEP = 300
FILL = Did("fill", 900, "Trend-000", "BTC", "BUY", Decimal("0.5"), (Decimal(40_000),))
INTENT = Did("intent", 900, "Trend-000", "BTC", "LONG", Decimal("0.5"), (Decimal(40_000), None), "approved")
BARS = {"BTC": frozenset({300, 600, 900, 1_200})}


def test_the_same_is_no_difference_in_whatever_order_it_is_told() -> None:
    other = replace(FILL, strategy="Carry-001")
    assert compare([INTENT, FILL, other], [other, FILL, INTENT], BARS, STEP) == []


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        (replace(INTENT, verdict="exposure_cap"), Cause.POLICY),
        (replace(INTENT, prices=(Decimal(40_000), Decimal(39_000))), Cause.PRICE),
        (replace(INTENT, quantity=Decimal("0.4")), Cause.SIZE),
        (replace(INTENT, ts=1_200), Cause.TIMING),
    ],
)
def test_what_differs_names_the_cause(changed: Did, cause: Cause) -> None:
    (found,) = compare([changed], [INTENT], BARS, STEP)
    assert (found.cause, found.node, found.backtest) == (cause, changed, INTENT)


def test_what_the_node_did_not_do_lies_in_a_bar_it_never_saw_or_a_rule_forbade_it() -> None:
    assert [item.cause for item in compare([], [FILL], BARS, STEP)] == [Cause.POLICY]
    assert [item.cause for item in compare([], [FILL], {"BTC": frozenset({300})}, STEP)] == [Cause.DATA]
    assert [item.cause for item in compare([], [FILL], {}, STEP)] == [Cause.DATA]


def test_what_only_the_node_did_is_policy() -> None:
    assert [item.cause for item in compare([FILL], [], BARS, STEP)] == [Cause.POLICY]


def test_another_side_is_no_twin() -> None:
    found = compare([replace(FILL, side="SELL")], [FILL], BARS, STEP)
    assert [(item.node is None, item.backtest is None) for item in found] == [(False, True), (True, False)]


def test_the_sentence_says_who_did_what_and_why_they_differ() -> None:
    (found,) = compare([], [INTENT], {}, STEP)
    assert found.sentence == (
        "intent of Trend-000 in BTC: missing data; the node did nothing,"
        " the backtest at 900: LONG 0.5 at 40000 -, approved"
    )
