# file: tests/core/runtime/checkpoint/testpickling.py
from __future__ import annotations

import pickle
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from nautilus_trader.indicators import MovingAverageType
from nautilus_trader.model import (
    BarType,
    ClientOrderId,
    InstrumentId,
    Money,
    OrderSide,
    Price,
    Quantity,
    TimeInForce,
)  # fmt: skip

from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.messages.intent import Side
from tradingbot.core.runtime.checkpoint.pickling import dump_state, load_state

_COIN = "BTCUSDT-LINEAR.BYBIT"


def again(value: Any, references: dict[str, Any] | None = None, there: dict[str, Any] | None = None) -> Any:
    known = references or {}
    return load_state(dump_state(value, known), there or known)


@pytest.mark.parametrize("member", [OrderSide.SELL, TimeInForce.GTC, MovingAverageType.Wilder])
def test_the_engine_s_enumerations_come_back_as_the_same_member(member: Any) -> None:
    with pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(member)
    found = again({"of": [member]})["of"][0]
    assert (type(found), str(found)) == (type(member), str(member))


@pytest.mark.parametrize(
    "value",
    [
        BarType.from_str(f"{_COIN}-1-MINUTE-LAST-EXTERNAL"), InstrumentId.from_str(_COIN), Price.from_str("1.50"),
        Quantity.from_str("0.001"), Money.from_str("1.00 USDT"), ClientOrderId("O-1"), Decimal("0.10"), Side.SHORT,
    ],
)  # fmt: skip
def test_the_engine_s_values_come_back_equal(value: Any) -> None:
    assert again([value, value]) == [value, value]


def test_instruments_are_referred_to_whichever_object_the_engine_handed_out() -> None:
    ours, other, there = (load_listing(_COIN).instrument for _ in range(3))
    found = again({"ours": ours, "other": other}, {_COIN: ours}, {_COIN: there})
    assert found["ours"] is found["other"] is there


def test_what_is_referred_to_is_not_written_down() -> None:
    model, there = SimpleNamespace(weights=lambda: 1), SimpleNamespace()
    assert again([model, (model,)], {"a hash": model}, {"a hash": there}) == [there, (there,)]


def test_what_nobody_refers_to_and_pickle_does_not_take_is_an_error() -> None:
    with pytest.raises((TypeError, pickle.PicklingError, AttributeError), match="lambda"):
        dump_state({"rule": lambda: 1}, {})
