# file: tests/core/risk/rules/testsolvent.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.plain import intent, view
from tradingbot.core.risk.rules.solvent import Solvent


@pytest.mark.parametrize("equity", ["0", "-12.50", "Infinity", "-Infinity", "NaN"])
def test_equity_that_is_no_money_enters_nothing(equity: str) -> None:
    found = Solvent().check(intent(), view(equity=Decimal(equity)))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("solvent", equity, "above 0")
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: equity is {equity}, there is nothing to risk"


def test_the_last_cent_is_money() -> None:
    assert Solvent().check(intent(), view(equity=Decimal("0.01"))) is None
