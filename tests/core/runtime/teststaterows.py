# file: tests/core/runtime/teststaterows.py
from __future__ import annotations

import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from nautilus_trader.model import Money, OrderSide, Price, Quantity

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.core.messages.observation import Observation
from tradingbot.core.messages.signal import Signal
from tradingbot.core.portfolio.happening import Happening
from tradingbot.core.portfolio.ledger import Fill, Ledger
from tradingbot.core.runtime.statefile import TABLES
from tradingbot.core.runtime.staterows import (
    event_rows,
    happening_row,
    position_row,
    refusal_row,
    signal_row,
    trade_row,
    transfer_row,
)

COIN = "BTCUSDT-LINEAR.BYBIT"


def fill(ts: int, signed: str, price: str, reason: str) -> Fill:
    return Fill(
        ts=ts, strategy="S-1", instrument=COIN, signed=Decimal(signed), price=Decimal(price), multiplier=Decimal(1),
        rate=Decimal(1), cash=Decimal("-0.5"), commission=Decimal("0.5"), slippage=Decimal(0), reason=reason,
        premium=False,
    )  # fmt: skip


class OrderFilled(SimpleNamespace):
    """As the engine's, by its name."""


class OrderRejected(SimpleNamespace):
    """As the engine's, by its name."""


def event(kind: type[SimpleNamespace], **fields: Any) -> Any:
    return kind(ts_event=5, strategy_id="S-1", instrument_id=COIN, client_order_id="O-1", **fields)


def columns(table: str) -> int:
    return len(TABLES[table].split(", "))


@pytest.mark.parametrize(("side", "signed"), [("BUY", "0.600"), ("SELL", "-0.600")])
def test_a_fill_is_an_event_and_a_row_of_its_own_with_its_sign(side: str, signed: str) -> None:
    filled = event(
        OrderFilled, last_qty=Quantity(0.6, 3), last_px=Price(100.5, 1), order_side=OrderSide.from_str(side),
        commission=Money.from_str("0.10 USDT"), quantity=Quantity(9.0, 3),
    )  # fmt: skip
    row, own = event_rows(filled, "O7", 12, 3)
    assert row == (12, 5, "O7", "S-1", COIN, "OrderFilled", "0.600", "100.5", None)
    assert own is not None
    assert own[:5] == (3, 5, "O7", "S-1", COIN)
    assert (Decimal(own[5]), own[6], Decimal(own[7].split()[0])) == (Decimal(signed), "100.5", Decimal("0.10"))
    assert (len(row), len(own)) == (columns("orders"), columns("fills"))


def test_another_event_has_its_reason_and_is_no_fill() -> None:
    row, own = event_rows(event(OrderRejected, reason="too late"), "O7", 12, 3)
    assert row == (12, 5, "O7", "S-1", COIN, "OrderRejected", None, None, "too late")
    assert own is None


def test_a_trade_and_a_position_are_told_in_exact_decimals() -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(fill(1, "2", "100.1", "entry"))
    (held,) = ledger.open_positions
    assert position_row(held, Decimal("101.3"), None, Decimal("1.9")) == (
        "S-1", COIN, "2", "100.1", 1, "101.3", None, "1.9",
    )  # fmt: skip
    assert position_row(held, Decimal("101.3"), Decimal(99), Decimal("1.9"))[6] == "99"
    (trade,) = ledger.fill(fill(9, "-2", "100.2", "stop"))
    row = trade_row(4, trade, Decimal("2.20"))
    assert row[:9] == (4, "S-1", COIN, "LONG", "2", 1, "100.1", 9, "100.2")
    assert row[9:] == ("0.0", "1.0", "0", "-1.0", "stop", "2.20")
    assert trade_row(4, trade, None)[-1] is None
    assert len(row) == columns("trades")


def test_a_refusal_and_a_happening_keep_their_sentences() -> None:
    refused = Refused("S-1", COIN, 5, "exposure_cap", "2", "1", f"{COIN}: too much")
    assert refusal_row(3, refused) == (3, 5, "S-1", COIN, "exposure_cap", f"{COIN}: too much")
    assert happening_row(2, Happening(5, "kill", "killed by ann: drill")) == (2, 5, "kill", "killed by ann: drill")


def test_an_opinion_keeps_the_exact_probability_and_features() -> None:
    seen = Observation(COIN, 5, (0.1, -1e-17), 0.1 + 0.2)
    signal = Signal(COIN, 5, Side.LONG, 0.3, Strength.WEAK, 0.01, 0.01, 6, "sha")
    row = signal_row(1, seen, signal)
    assert row[:6] == (1, 5, COIN, "sha", "LONG", "weak")
    assert row[6] == 0.1 + 0.2
    assert tuple(json.loads(row[7])) == seen.features
    assert signal_row(1, seen, None)[3:6] == (None, None, None)
    assert len(row) == columns("signals")


def test_money_that_came_in_or_left_has_its_time_and_its_sign() -> None:
    assert transfer_row(3, (7, Decimal("-500.25")), Decimal("999.5")) == (3, 7, "-500.25", "999.5")
    assert columns("transfers") == 4
