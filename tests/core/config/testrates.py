# file: tests/core/config/testrates.py
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.config.home import config_file
from tradingbot.core.config.instruments import Product, terms
from tradingbot.core.config.load import build, load
from tradingbot.core.config.rates import NEXT_DAY_PAIRS, RatesConfig
from tradingbot.core.errors import ConfigError

RATES = build(
    RatesConfig,
    {
        "source": "a test",
        "unit": "fraction a year",
        "rates": {"USD": [["2024-01-01", "0.05"], ["2024-09-18", "0.045"]], "JPY": [["2024-03-21", "-0.001"]]},
    },
    "rates.json",
)


@pytest.mark.parametrize(
    ("day", "rate"),
    [("2024-01-01", "0.05"), ("2024-09-17", "0.05"), ("2024-09-18", "0.045"), ("2030-01-01", "0.045")],
)
def test_a_rate_holds_from_its_first_day_to_the_day_before_the_next(day: str, rate: str) -> None:
    assert RATES.on("USD", dt.date.fromisoformat(day)) == Decimal(rate)


@pytest.mark.parametrize(("currency", "day"), [("USD", "2023-12-31"), ("EUR", "2024-06-01")])
def test_what_is_not_known_is_refused_with_what_is(currency: str, day: str) -> None:
    with pytest.raises(
        ConfigError, match=rf"^config/rates\.json: no rate of {currency} on {day}, known are JPY, USD from their first"
    ):
        RATES.on(currency, dt.date.fromisoformat(day))


def test_the_shipped_file_covers_every_currency_of_the_shipped_forex_pairs_in_order_of_time() -> None:
    shipped = load(RatesConfig, config_file("rates.json"))
    pairs = [row for _, _, row in terms(config_file("instruments/idealpro.json")) if row.product is Product.FOREX]
    assert {row.base for row in pairs} | {row.currency for row in pairs} <= set(shipped.rates)
    for steps in shipped.rates.values():
        assert [day for day, _ in steps] == sorted({day for day, _ in steps})
        assert all(abs(rate) < Decimal("0.2") for _, rate in steps)


def test_the_shipped_spot_days_are_those_a_file_without_them_has() -> None:
    assert load(RatesConfig, config_file("rates.json")).spot_days == NEXT_DAY_PAIRS == RATES.spot_days


@pytest.mark.parametrize("days", [-1, 3])
def test_a_pair_settles_within_two_days(days: int) -> None:
    with pytest.raises(ConfigError, match="spot_days"):
        build(RatesConfig, {"source": "a", "unit": "", "rates": {}, "spot_days": {"USD/CAD": days}}, "rates.json")


@given(st.dates(dt.date(2001, 1, 1), dt.date(2060, 1, 1)), st.sampled_from(["CAD", "JPY"]))
def test_five_days_of_trading_carry_seven_days_of_interest(day: dt.date, quote: str) -> None:
    week = [day + dt.timedelta(days=number) for number in range(7)]
    assert sum(RATES.days_rolled("USD", quote, each) for each in week if each.weekday() < 5) == 7
