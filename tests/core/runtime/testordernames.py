# file: tests/core/runtime/testordernames.py
from __future__ import annotations

import pytest

from tradingbot.core.runtime.ordernames import OrderNames

FIRST, SECOND = "O-20261126-125702-001-001-14", "O-20261126-125703-001-000-15"


def test_orders_are_numbered_as_they_first_appear() -> None:
    names = OrderNames()
    assert [names.of(order) for order in (SECOND, FIRST, SECOND)] == ["O1", "O2", "O1"]


def test_a_sentence_that_speaks_of_an_order_is_the_same_on_another_day() -> None:
    names = OrderNames()
    names.of(FIRST)
    said = names.within(f"Reduce-only order {FIRST} (MARKET-BUY) would have increased position, as did {SECOND}")
    assert said == "Reduce-only order O1 (MARKET-BUY) would have increased position, as did O2"
    again = OrderNames()
    again.of(FIRST.replace("20261126", "20271231"))
    assert again.within(f"order {FIRST.replace('20261126', '20271231')} expired") == "order O1 expired"


@pytest.mark.parametrize("said", ["POST-ONLY would have filled", "BTCUSDT-LINEAR.BYBIT: the lane is killed", ""])
def test_what_speaks_of_none_stays_as_it_is(said: str) -> None:
    assert OrderNames().within(said) == said
