# file: tests/core/execution/testconversion.py
from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.marketwindow import InstrumentWindow, MarketWindow
from tradingbot.core.market.columns import Bars
from tradingbot.core.market.instruments.listings import load_listing

EURUSD, USDJPY, EURJPY = "EUR/USD.IDEALPRO", "USD/JPY.IDEALPRO", "EUR/JPY.IDEALPRO"


def _rates(*names: str, yen: list[float] | None = None, now: int = 0) -> CurrencyConverter:
    tape = MarketWindow()
    if yen is not None:
        path = np.array(yen)
        ts = np.arange(1, len(path) + 1, dtype=np.int64) * 10
        tape.load({USDJPY: InstrumentWindow.of_bars(Bars(ts, path, path, path, path, path), 10, path, path)})
    return CurrencyConverter([load_listing(name).instrument for name in names], "USD", tape, lambda: now)


def test_what_is_paid_in_the_accounts_currency_needs_no_rate() -> None:
    assert _rates(EURUSD).to_account(EURUSD, Decimal("1.1")) == 1


def test_a_pair_whose_base_is_the_accounts_is_its_own_rate() -> None:
    assert _rates(USDJPY).to_account(USDJPY, Decimal(125)) == Decimal("0.008")


def test_a_cross_is_converted_by_the_pair_that_leads_to_the_account() -> None:
    rates = _rates(EURJPY, USDJPY, yen=[125.0, 160.0], now=15)
    assert rates.to_account(EURJPY, Decimal(170)) == Decimal("0.008")
    assert rates.to_account(EURJPY, Decimal(170), 20) == Decimal("0.00625")


def test_a_cross_has_no_rate_before_the_first_price_of_that_pair() -> None:
    rates = _rates(EURJPY, USDJPY, yen=[125.0], now=5)
    assert not rates.known(EURJPY)
    with pytest.raises(ConfigError, match=rf"no price of JPY in USD is known yet, needed by {EURJPY}"):
        rates.to_account(EURJPY, Decimal(170))
    assert _rates(EURJPY, USDJPY, yen=[125.0], now=10).known(EURJPY)


@pytest.mark.parametrize("name", [EURUSD, USDJPY])
def test_what_needs_no_bridge_is_always_known(name: str) -> None:
    assert _rates(name).known(name)


def test_a_cross_without_that_pair_is_refused_when_the_run_is_built() -> None:
    with pytest.raises(ConfigError, match=rf"{EURJPY} settles in JPY; add a pair of JPY and USD to instruments"):
        _rates(EURJPY)
