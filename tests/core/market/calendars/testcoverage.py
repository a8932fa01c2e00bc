# file: tests/core/market/calendars/testcoverage.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.core.market.rowsfixture import ns
from tradingbot.core.market.calendars.coverage import DataGap, Shortfall, data_gaps, missing, notable, shortfalls
from tradingbot.core.market.calendars.sessions import CONTINUOUS, FOREX, USEQUITY, Session
from tradingbot.core.time import DAY, HOUR, MINUTE


def short(session: Session, step: int, first: str, last: str, start: str, end: str) -> list[tuple[str, int, int]]:
    found = shortfalls("I", "bars", session, step, ns(first), ns(last), ns(start), ns(end))
    return [(item.edge, item.at, item.bars) for item in found]


@pytest.mark.parametrize(
    ("session", "first", "last", "start", "end"),
    [
        # A weekend at either edge, Sunday 22:00 to Friday 22:00 UTC in winter, is no shortening.
        (FOREX, "2026-01-04T23", "2026-01-09T22", "2026-01-03T00", "2026-01-11T00"),
        # Nor is New Year, on which nobody has to quote.
        (FOREX, "2026-01-01T23", "2026-01-09T22", "2026-01-01T00", "2026-01-10T00"),
        # Nor is one bar.
        (CONTINUOUS, "2026-01-05T02", "2026-01-09T22", "2026-01-05T00", "2026-01-09T23"),
        # Shares trade from 14:30 to 21:00 UTC, and not on Martin Luther King's day, 19 January.
        (USEQUITY, "2026-01-20T15:30", "2026-01-23T21", "2026-01-17T00", "2026-01-26T00"),
    ],
)
def test_what_was_shut_is_not_missing_nor_is_one_bar(
    session: Session, first: str, last: str, start: str, end: str
) -> None:
    assert short(session, HOUR, first, last, start, end) == []


def test_late_data_and_early_data_are_counted_in_bars_of_open_market() -> None:
    # 22:00 to 22:15 UTC is New York's daily break, so no bar has to close at 23:00. Monday lacks the closes from 01:00
    # to 22:00. After Thursday 22:00 come those from 00:00 to Friday 22:00, and the week is over.
    found = short(FOREX, HOUR, "2026-01-06T00", "2026-01-08T22", "2026-01-05T00", "2026-01-11T00")
    assert found == [("start", ns("2026-01-06T00"), 22), ("end", ns("2026-01-08T22"), 23)]


def test_both_edges_are_told_with_their_series() -> None:
    found = shortfalls("I", "1h ASK bars", CONTINUOUS, HOUR, 10 * HOUR, 20 * HOUR, 0, 30 * HOUR)
    # The closes 1 to 9 and 21 to 30.
    assert found == [
        Shortfall("I", "1h ASK bars", "start", 10 * HOUR, 9),
        Shortfall("I", "1h ASK bars", "end", 20 * HOUR, 10),
    ]


@pytest.mark.parametrize(
    ("first", "last", "lacks"),
    [(1, 30, (0, 0)), (-50, 90, (0, 0)), (31, 40, (30, 0)), (-9, 0, (0, 30)), (-9, -5, (0, 30)), (40, 50, (30, 0))],
)
def test_a_series_outside_the_period_lacks_all_of_it(first: int, last: int, lacks: tuple[int, int]) -> None:
    assert missing(CONTINUOUS, HOUR, first * HOUR, last * HOUR, 0, 30 * HOUR) == lacks


@given(some.integers(-40, 60), some.integers(0, 60), some.integers(1, 30))
def test_what_is_missing_and_what_is_there_make_the_period(first: int, rows: int, length: int) -> None:
    closes = range(first, first + rows + 1)
    inside = sum(1 for close in closes if 0 < close <= length)
    lacks = missing(CONTINUOUS, HOUR, first * HOUR, closes[-1] * HOUR, 0, length * HOUR)
    assert sum(lacks) + inside == length


@pytest.mark.parametrize(
    ("bars", "step", "expected"),
    [
        (1, DAY, False), (2, DAY, True), (12, 5 * MINUTE, False), (13, 5 * MINUTE, True), (1, HOUR, False),
        (0, HOUR, False),
    ],
)  # fmt: skip
def test_more_than_a_bar_and_more_than_an_hour_are_notable(bars: int, step: int, expected: bool) -> None:
    assert notable(bars, step) is expected


def test_a_hole_is_where_a_day_of_trading_is_missing_while_the_market_is_open() -> None:
    hours = [hour for hour in range(24 * 12) if not 100 <= hour < 107 and not 150 <= hour < 156]
    closes = ns("2026-01-05T00") + HOUR * np.array(hours, dtype=np.int64)
    begin = ns("2026-01-05T00")
    # Seven hours from 100 on, six are not more than six.
    assert data_gaps("I", CONTINUOUS, HOUR, closes) == [DataGap("I", begin + 99 * HOUR, begin + 107 * HOUR, 7)]
    weekdays = closes[FOREX.is_open(closes, HOUR)]
    assert [hole.bars for hole in data_gaps("I", FOREX, HOUR, weekdays)] == [7]
    assert data_gaps("I", CONTINUOUS, HOUR, closes[:1]) == data_gaps("I", CONTINUOUS, HOUR, closes[:0]) == []
