# file: tests/core/portfolio/testtrade.py
from __future__ import annotations

import json
from dataclasses import fields, replace
from decimal import Decimal

from tradingbot.core.portfolio.trade import Trade


def _trade() -> Trade:
    return Trade(
        id=1,
        strategy="S-1",
        instrument="BTCUSDT-LINEAR.BYBIT",
        side="SHORT",
        quantity=Decimal("0.013"),
        entry_time=1_700_000_000_000_000_000,
        entry_price=Decimal("37012.4"),
        exit_time=1_700_003_600_000_000_000,
        exit_price=Decimal("36900.1"),
        multiplier=Decimal(1),
        gross=Decimal("1.4599"),
        fees=Decimal("0.52847937"),
        funding=Decimal("0.0481"),
        pnl=Decimal("0.97952063"),
        slippage=Decimal("0.1"),
        notional=Decimal("481.1612"),
        traded_notional=Decimal("960.8625"),
        exit_reason="target",
        fills=2,
    )


def test_json_holds_every_field_under_its_own_name() -> None:
    assert list(_trade().to_dict()) == [*(field.name for field in fields(Trade)), "r_multiple"]


def test_a_result_in_r_is_in_units_of_the_loss_at_the_first_stop() -> None:
    assert replace(_trade(), pnl=Decimal(-9), risked=Decimal(6)).r_multiple == Decimal("-1.5")
    assert _trade().r_multiple is None


def test_profit_recomputed_from_json_is_the_ledgers() -> None:
    found = json.loads(json.dumps(_trade().to_dict()))
    gross = -found["quantity"] * (found["exit_price"] - found["entry_price"]) * found["multiplier"]
    assert abs(gross - found["fees"] + found["funding"] - found["pnl"]) < 1e-9
    assert found["entry_time"] == "2023-11-14T22:13:20Z"


def test_an_open_trade_has_no_exit_in_json() -> None:
    trade = replace(_trade(), exit_time=None, exit_price=None)
    assert not trade.closed
    assert (trade.to_dict()["exit_time"], trade.to_dict()["exit_price"]) == (None, None)
