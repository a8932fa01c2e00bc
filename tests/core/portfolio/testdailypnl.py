# file: tests/core/portfolio/testdailypnl.py
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tradingbot.core.portfolio.dailypnl import DailyPnl, trading_day_end


def _ns(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2025-01-06T21:59:59+00:00", "2025-01-06T22:00:00+00:00"),
        ("2025-01-06T22:00:00+00:00", "2025-01-07T22:00:00+00:00"),
        # summer time starts on 9 March: 17:00 in New York is 21:00 UTC from then on
        ("2025-03-08T23:00:00+00:00", "2025-03-09T21:00:00+00:00"),
        ("2025-11-02T12:00:00+00:00", "2025-11-02T22:00:00+00:00"),
    ],
)
def test_the_forex_day_turns_at_five_in_new_york(now: str, end: str) -> None:
    assert trading_day_end(_ns(now), ZoneInfo("America/New_York"), 17) == _ns(end)


def test_a_new_day_starts_at_nothing() -> None:
    day = DailyPnl("UTC", 0)
    day.add(Decimal(-5), _ns("2025-01-06T10:00:00+00:00"))
    day.add(Decimal(2), _ns("2025-01-06T23:59:59+00:00"))
    assert day.at(_ns("2025-01-06T23:59:59+00:00")) == -3
    assert day.at(_ns("2025-01-07T00:00:00+00:00")) == 0
