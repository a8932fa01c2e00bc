# file: tests/core/market/calendars/testhours.py
from __future__ import annotations

from datetime import date

import pytest

from tradingbot.core.market.calendars.hours import early_closes, holidays

# As published by the exchange.
PUBLISHED = {
    2019: "01-01 01-21 02-18 04-19 05-27 07-04 09-02 11-28 12-25",
    2021: "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24",
    2022: "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26",
    2023: "01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25",
    2024: "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25",
    2025: "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25",
    2026: "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25",
    2027: "01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24",
}
HALF_DAYS = {
    2021: "11-26", 2023: "07-03 11-24", 2024: "07-03 11-29 12-24", 2025: "07-03 11-28 12-24", 2026: "11-27 12-24",
    2027: "11-26",
}  # fmt: skip


@pytest.mark.parametrize("year", PUBLISHED)
def test_holidays_are_the_published_ones(year: int) -> None:
    assert sorted(holidays(year)) == [date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year].split()]


@pytest.mark.parametrize("year", HALF_DAYS)
def test_half_days_are_the_published_ones(year: int) -> None:
    assert sorted(early_closes(year)) == [date.fromisoformat(f"{year}-{day}") for day in HALF_DAYS[year].split()]


def test_holidays_fall_on_weekdays_and_are_no_half_days() -> None:
    for year in range(1990, 2070):
        assert all(day.weekday() < 5 for day in holidays(year) | early_closes(year))
        assert not holidays(year) & early_closes(year)
