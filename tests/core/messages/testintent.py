# file: tests/core/messages/testintent.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import pytest

from tests.core.risk.riskfixture import bull_put, intent
from tradingbot.core.messages.intent import Leg, Side

_SPREAD, _ = bull_put()
_LEG = _SPREAD.legs[0]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("side", "LONG", "side was 'LONG', allowed is Side.LONG or Side.SHORT"),
        ("side", 1, "side was 1, allowed is Side.LONG or Side.SHORT"),
        ("strength", "normal", "strength was 'normal', allowed is Strength.WEAK, Strength.NORMAL or Strength.STRONG"),
        ("instrument", 7, "instrument was 7, allowed is a text"),
        ("strategy", None, "strategy was None, allowed is a text"),
        ("price", 60000.0, "price was 60000.0, allowed is a Decimal"),
        ("price", None, "price was None, allowed is a Decimal"),
        ("stop", "59000", "stop was '59000', allowed is a Decimal"),
        ("stop", False, "stop was False, allowed is a Decimal"),
        ("target", 61000, "target was 61000, allowed is a Decimal"),
        ("ts", 1.5, "ts was 1.5, allowed is a whole number of nanoseconds"),
        ("ts", True, "ts was True, allowed is a whole number of nanoseconds"),
    ],
)
def test_a_field_of_another_type_is_told_with_what_is_allowed(field: str, value: Any, told: str) -> None:
    with pytest.raises(TypeError) as raised:
        replace(intent(), **{field: value})
    assert str(raised.value) == f"Intent.{told}"


@pytest.mark.parametrize("field", ["price", "stop", "target"])
@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_price_that_is_not_finite_is_told(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=rf"^Intent\.{field} was {value}, allowed is a finite number$"):
        replace(intent(), **cast("Any", {field: Decimal(value)}))


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("legs", [_LEG], "SpreadIntent.legs was \\[Leg.*\\], allowed is a tuple of Leg"),
        ("legs", (_LEG, "SPY"), "SpreadIntent.legs was .*, allowed is a tuple of Leg"),
        ("max_loss", 3.5, "SpreadIntent.max_loss was 3.5, allowed is a Decimal"),
        ("strength", "strong", "SpreadIntent.strength was 'strong', allowed is Strength.WEAK, "),
        ("price", 500, "SpreadIntent.price was 500, allowed is a Decimal"),
        ("instrument", None, "SpreadIntent.instrument was None, allowed is a text"),
    ],
)
def test_a_structure_is_checked_as_well(field: str, value: Any, told: str) -> None:
    with pytest.raises(TypeError, match=f"^{told}"):
        replace(_SPREAD, **{field: value})


def test_a_leg_is_checked_as_well() -> None:
    with pytest.raises(TypeError, match=r"^Leg.side was 'SHORT', allowed is Side.LONG or Side.SHORT$"):
        Leg("P", "SHORT", Decimal(1))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^Leg.price was NaN, allowed is a finite number$"):
        Leg("P", Side.SHORT, Decimal("NaN"))
