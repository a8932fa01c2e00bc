# file: tests/core/execution/testapprovals.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.execution.approvals import Approvals, EntryOrder
from tradingbot.core.messages.approval import Approved
from tradingbot.core.messages.intent import Side

_YES = Approved("A1", "Trend-000", (("BTC.X", Side.LONG),), Decimal(10), Decimal(95), Decimal(120), 1_000)
_STRUCTURE = Approved("A2", "Put-000", (("LONG.X", Side.LONG), ("SHORT.X", Side.SHORT)), Decimal(3), None, None, 1_000)
_ENTRY = EntryOrder((Approvals.tag(_YES),), "Trend-000", "BTC.X", Side.LONG, Decimal(10), Decimal(95), 0)


@pytest.fixture
def approvals() -> Approvals:
    found = Approvals()
    found.grant(_YES)
    found.grant(_STRUCTURE)
    return found


def test_what_was_approved_may_be_sent_once(approvals: Approvals) -> None:
    assert approvals.spend(_ENTRY) is None
    assert approvals.spend(_ENTRY) == "approval A1 has 0 of BTC.X unspent, the order was 10"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tags": ()}, "no approval is on record for this order"),
        ({"tags": ("APPROVAL:A99",)}, "no approval is on record for this order"),
        ({"tags": ("APPROVAL:A1", "APPROVAL:A2")}, "no approval is on record for this order"),
        ({"strategy": "Other-001"}, "approval A1 was given to Trend-000, not to Other-001"),
        ({"instrument": "ETH.X"}, "approval A1 does not cover LONG ETH.X"),
        ({"side": Side.SHORT}, "approval A1 does not cover SHORT BTC.X"),
        ({"quantity": Decimal("10.001")}, "approval A1 has 10 of BTC.X unspent, the order was 10.001"),
        ({"stop": None}, "approval A1 demands the stop 95, the order had None"),
        ({"stop": Decimal("94.9")}, "approval A1 demands the stop 95, the order had 94.9"),
    ],
)
def test_what_was_not_approved_is_refused_with_the_reason(
    approvals: Approvals, changed: dict[str, object], reason: str
) -> None:
    assert approvals.spend(replace(_ENTRY, **changed)) == reason  # type: ignore[arg-type]
    assert approvals.spend(_ENTRY) is None


def test_a_part_sent_with_its_stop_does_not_free_the_rest_from_it(approvals: Approvals) -> None:
    assert approvals.spend(replace(_ENTRY, quantity=Decimal(1))) is None
    rest = replace(_ENTRY, quantity=Decimal(9), stop=None)
    assert approvals.spend(rest) == "approval A1 demands the stop 95, the order had None"


def test_only_what_was_given_back_may_be_sent_without_a_stop(approvals: Approvals) -> None:
    approvals.spend(_ENTRY)
    approvals.restore(_YES, "BTC.X", Decimal(4))
    rest = replace(_ENTRY, quantity=Decimal(4), stop=None)
    assert approvals.spend(replace(rest, quantity=Decimal(5))) == (
        "approval A1 has 4 of BTC.X unspent, the order was 5"
    )
    assert approvals.spend(rest) is None
    assert approvals.spend(_ENTRY) == "approval A1 has 0 of BTC.X unspent, the order was 10"


def test_each_leg_of_a_structure_has_its_own_quantity(approvals: Approvals) -> None:
    long = EntryOrder((Approvals.tag(_STRUCTURE),), "Put-000", "LONG.X", Side.LONG, Decimal(3), None, 0)
    short = replace(long, instrument="SHORT.X", side=Side.SHORT)
    assert approvals.spend(long) is None
    assert approvals.spend(short) is None
    approvals.restore(_STRUCTURE, "SHORT.X", Decimal(1))
    assert approvals.spend(replace(short, quantity=Decimal(1))) is None
    assert approvals.spend(replace(long, quantity=Decimal(1))) == "approval A2 has 0 of LONG.X unspent, the order was 1"


def test_a_closed_approval_is_as_good_as_none(approvals: Approvals) -> None:
    approvals.close(_YES)
    approvals.close(_YES)
    assert approvals.spend(_ENTRY) == "no approval is on record for this order"


_AMOUNT = st.decimals(min_value=Decimal("0.001"), max_value=20, places=3)


@given(st.lists(st.tuples(st.sampled_from(["stop", "bare", "restore"]), _AMOUNT), max_size=30))
def test_never_more_is_spent_than_was_granted_and_given_back(steps: list[tuple[str, Decimal]]) -> None:
    approvals, sent, bare, back = Approvals(), Decimal(0), Decimal(0), Decimal(0)
    approvals.grant(_YES)
    for what, amount in steps:
        if what == "restore":
            approvals.restore(_YES, "BTC.X", amount)
            back += amount
        elif approvals.spend(replace(_ENTRY, quantity=amount, stop=_YES.stop if what == "stop" else None)) is None:
            sent, bare = (sent + amount, bare) if what == "stop" else (sent, bare + amount)
        assert sent <= _YES.quantity
        assert bare <= back
