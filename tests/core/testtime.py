# file: tests/core/testtime.py
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.time import DAY, day_of, from_iso, to_iso


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_700_000_000_000_000_000, "2023-11-14T22:13:20Z"),
        (1_500_000_000, "1970-01-01T00:00:01.500Z"),
        (1_000, "1970-01-01T00:00:00.000001Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
    ],
)
def test_an_instant_is_written_with_as_many_decimals_as_it_has(ns: int, text: str) -> None:
    assert to_iso(ns) == text


@given(st.integers(-(10**18), 4 * 10**18))
def test_an_instant_survives_the_file(ns: int) -> None:
    assert from_iso(to_iso(ns)) == ns


def test_midnight_belongs_to_the_day_it_begins() -> None:
    assert day_of(DAY) == date(1970, 1, 2)
    assert day_of(DAY - 1) == date(1970, 1, 1)
