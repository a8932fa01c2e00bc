# file: tests/core/risk/rules/testtargetside.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.plain import BTC, bull_put, intent, options_view, view
from tradingbot.core.messages.intent import Side
from tradingbot.core.risk.rules.targetside import TargetSide, rounded_target


@pytest.mark.parametrize(
    ("side", "target", "was", "place"),
    [
        (Side.LONG, "60000", "60000.0", "above 60000"),
        (Side.LONG, "59000", "59000.0", "above 60000"),
        (Side.LONG, "60000.04", "60000.0", "above 60000"),
        (Side.SHORT, "60000", "60000.0", "below 60000"),
        (Side.SHORT, "61000", "61000.0", "below 60000"),
        (Side.SHORT, "0", "0.0", "below 60000"),
        (Side.SHORT, "-5", "-5.0", "below 60000"),
    ],
)
def test_a_target_that_is_no_gain_is_refused(side: Side, target: str, was: str, place: str) -> None:
    found = TargetSide().check(intent(side, target=Decimal(target)), view())
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("target_side", was, place)
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: the target of a {side} entry was {was}, it must lie {place}"


@pytest.mark.parametrize(("side", "target"), [(Side.LONG, "60000.1"), (Side.SHORT, "59999.9"), (Side.LONG, None)])
def test_a_gain_of_one_tick_or_no_target_is_allowed(side: Side, target: str | None) -> None:
    assert TargetSide().check(intent(side, target=None if target is None else Decimal(target)), view()) is None


def test_the_target_rounds_to_the_nearest_tick() -> None:
    found = [rounded_target(intent(target=Decimal(price)), BTC.tick) for price in ("61000.04", "61000.06")]
    assert found == [Decimal("61000.0"), Decimal("61000.1")]
    assert rounded_target(intent(), BTC.tick) is None


def test_a_structure_has_no_target() -> None:
    spread, legs = bull_put()
    assert TargetSide().check(spread, options_view(legs)) is None
