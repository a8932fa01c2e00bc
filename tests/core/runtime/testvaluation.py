# file: tests/core/runtime/testvaluation.py
from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.golden.catalogfixture import HOUR, MONDAY, bars_along
from tradingbot.core.config.lanes import Fees
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.marketwindow import InstrumentWindow, MarketWindow
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.portfolio.ledger import OpenPosition
from tradingbot.core.runtime.valuation import Valuation

COIN, YEN, CROSS = "BTCUSDT-LINEAR.BYBIT", "USD/JPY.IDEALPRO", "EUR/JPY.IDEALPRO"
STEP = Step.parse("1h")


def valuation(
    fees: Fees, taker: str, half: float, currency: str = "USDT", precision: int = 8, **paths: list[float]
) -> Valuation:
    """Return the valuation of a market that closes each hour at these prices, `half` a spread beside them."""
    names = {"coin": COIN, "yen": YEN, "cross": CROSS}
    instruments: dict[str, Any] = {names[key]: load_listing(names[key]).instrument for key in paths}
    tape = MarketWindow()
    for key, path in paths.items():
        bars = bars_along([path[0], *path], STEP)
        tape.load({names[key]: InstrumentWindow.of_bars(bars, STEP.ns, bars.close - half, bars.close + half)})
    rates = CurrencyConverter(instruments.values(), currency, tape, lambda: 0)
    return Valuation(instruments, tape, rates, fees, dict.fromkeys(instruments, Decimal(taker)), precision)


def held(name: str, signed: str, entry: str, premium: bool = False) -> OpenPosition:
    """Return a position that was entered at one price."""
    size = Decimal(signed)
    found = OpenPosition("S-1", name, Decimal(1), premium, MONDAY, 1)
    found.signed, found.cost, found.entered_sign = size, size * Decimal(entry), 1 if size > 0 else -1
    found.entered = found.left = abs(size)
    found.entered_value = found.left_value = abs(size) * Decimal(entry)
    return found


def test_a_long_is_worth_the_bid_and_a_short_the_ask_less_the_commission_of_leaving() -> None:
    found = valuation(Fees(), "0.00055", 5.0, coin=[40_000.0, 40_200.0])
    at = MONDAY + 2 * HOUR
    # 0.5 x (40,195 - 40,000) less 0.5 x 40,195 x 0.00055; 0.5 x (40,000 - 40,205) less 0.5 x 40,205 x 0.00055.
    assert found.exit(held(COIN, "0.5", "40000"), at) == (Decimal("97.5"), Decimal("11.053625"))
    assert found.worth(held(COIN, "-0.5", "40000"), at) == Decimal("-102.5") - Decimal("11.056375")
    assert found.worth(held(COIN, "0.5", "40000"), at - 1) == Decimal("-2.5") - Decimal("10.998625")


def test_a_minimum_commission_is_paid_once_and_the_stress_multiplies_it() -> None:
    fees = Fees(kind="rate_minimum", minimum=Decimal(2), multiplier=Decimal("1.5"))
    found = valuation(fees, "0.00002", 0.0, "USD", 2, yen=[150.0])
    # 10,000 dollars at 0.2 basis points are 20 cents, the minimum is 2, and 1.5 times that is charged.
    assert found.exit(held(YEN, "10000", "150"), MONDAY + HOUR) == (Decimal(0), Decimal(3))


def test_what_is_paid_for_outright_is_worth_its_price() -> None:
    found = valuation(Fees(), "0", 1.0, coin=[100.0])
    assert found.worth(held(COIN, "2", "40", premium=True), MONDAY + HOUR) == 198


def test_before_any_price_a_position_is_worth_its_entry_less_the_commission() -> None:
    found = valuation(Fees(), "0.001", 5.0, coin=[40_000.0])
    assert found.worth(held(COIN, "1", "39000"), MONDAY - HOUR) == -39


@given(st.sampled_from([COIN, YEN, CROSS]), st.integers(-90_000, 90_000).filter(bool), st.integers(0, 3))
def test_along_many_bars_it_is_worth_what_it_is_worth_at_each(name: str, size: int, cents: int) -> None:
    fees = Fees(kind="rate_minimum", minimum=Decimal(2))
    paths = {"coin": [150.0, 151.05, 149.35], "yen": [150.0, 151.05, 149.35], "cross": [160.0, 162.51, 158.3]}
    currency = "USD" if name != COIN else "USDT"
    mine = {key: path for key, path in paths.items() if (key == "coin") == (name == COIN)}
    found = valuation(fees, "0.0003", cents / 100, currency, 2, **mine)
    position = held(name, str(Decimal(size) / 100), "150.01")
    ts = MONDAY + np.array([1, 2, 3], dtype=np.int64) * HOUR
    exact = [float(found.worth(position, int(moment))) for moment in ts]
    assert found.along(position, ts).tolist() == pytest.approx(exact, abs=0.0101)
