# file: tests/core/config/testfields.py
from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tradingbot.core.config.fields import Amount, UtcTime, ZoneName


@pytest.mark.parametrize("text", ["2025-12-01T00:00", "2025-12-01T00:00Z", "2025-12-01T01:00+01:00"])
def test_a_time_is_utc_unless_it_names_a_zone(text: str) -> None:
    assert TypeAdapter(UtcTime).validate_python(text) == dt.datetime(2025, 12, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        (Amount, "10000", "a positive amount and a currency, such as '10000 USDT'"),
        (Amount, "0 USDT", "a positive amount"),
        (Amount, "-5 USDT", "a positive amount"),
        (ZoneName, "Europe/Atlantis", "a time zone such as Europe/London"),
        (ZoneName, "../London", "a time zone such as Europe/London"),
    ],
)
def test_what_is_none_is_told(kind: Any, value: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        TypeAdapter(kind).validate_python(value)
