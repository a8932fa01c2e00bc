# file: tests/core/config/testfields.py
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from nautilus_trader.model import Currency, Money
from pydantic import TypeAdapter, ValidationError

from tradingbot.core.config.fields import MONEY_MAX, Amount, FileName, UtcTime, ZoneName


@pytest.mark.parametrize("text", ["2025-12-01T00:00", "2025-12-01T00:00Z", "2025-12-01T01:00+01:00"])
def test_a_time_is_utc_unless_it_names_a_zone(text: str) -> None:
    assert TypeAdapter(UtcTime).validate_python(text) == dt.datetime(2025, 12, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        (Amount, "10000", "a positive amount and a currency, such as '10000 USDT'"),
        (Amount, "0 USDT", "a positive amount"),
        (Amount, "-5 USDT", "a positive amount"),
        (Amount, "17014118346047 USDT", "at most 17,014,118,346,046, which is all that the engine can count"),
        (Amount, "99999999999999999999999999999 USDT", "at most 17,014,118,346,046"),
        (Amount, "17014118346046.00000001 USDT", "at most 17,014,118,346,046"),
        (UtcTime, "0001-01-01", "a time from 1970-01-01 to 2261-12-31"),
        (UtcTime, "9999-12-31T23:00-05:00", "a time from 1970-01-01 to 2261-12-31"),
        (FileName, "..", "letters, digits, '_', '-' and '.', at most 80, the first of them none of '-' and '.'"),
        (FileName, "a/b", "letters, digits"),
        (FileName, "a\n", "letters, digits"),
        (FileName, "é" * 41, "at most 80"),
        (FileName, "", "letters, digits"),
        (ZoneName, "Europe/Atlantis", "a time zone such as Europe/London"),
        (ZoneName, "../London", "a time zone such as Europe/London"),
    ],
)
def test_what_is_none_is_told(kind: Any, value: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        TypeAdapter(kind).validate_python(value)


def test_what_is_allowed_to_the_last_is_taken() -> None:
    assert TypeAdapter(Amount).validate_python(f"{MONEY_MAX} USDT") == "17014118346046 USDT"
    assert TypeAdapter(UtcTime).validate_python("2261-12-31T23:59").year == 2261
    assert TypeAdapter(FileName).validate_python("_été-2.1") == "_été-2.1"


def test_the_most_money_is_the_engines() -> None:
    currency = Currency.from_str("USDT")
    assert Money.from_decimal(Decimal(MONEY_MAX), currency).as_decimal() == MONEY_MAX
    with pytest.raises(ValueError, match="exceeded bounds"):
        Money.from_decimal(Decimal(MONEY_MAX + 1), currency)
