# file: tests/core/runtime/testparityspan.py
from __future__ import annotations

import pytest

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.portfolio.isotime import DAY, from_iso
from tradingbot.core.runtime.parityspan import EVER, Span, span_of


def closes(*times: str) -> list[int]:
    return [from_iso(f"{time}:00Z") for time in times]


RUN = closes("2025-01-06T00:05", "2025-01-06T12:00", "2025-01-07T00:00", "2025-01-08T09:00")


def test_without_a_day_it_is_all_that_is_surely_whole() -> None:
    assert span_of("", RUN, finished=False) == Span("", 0, RUN[-1])
    assert span_of("", RUN, finished=True) == Span("", 0, EVER)


def test_a_day_holds_its_midnight_and_not_the_next() -> None:
    span = span_of("2025-01-06", RUN, finished=False)
    assert span == Span("2025-01-06", from_iso("2025-01-06T00:00:00Z"), from_iso("2025-01-07T00:00:00Z"))
    assert [span.holds(span.since + moment) for moment in (-1, 0, DAY - 1, DAY)] == [False, True, True, False]


def test_a_day_that_is_not_over_ends_where_the_node_is() -> None:
    assert span_of("2025-01-08", RUN, finished=False).until == RUN[-1]
    assert span_of("2025-01-08", RUN, finished=True).until == from_iso("2025-01-09T00:00:00Z")


@pytest.mark.parametrize(
    ("times", "day"),
    [
        (("2025-01-06T00:05", "2025-01-07T00:00"), "2025-01-06"),
        (("2025-01-06T00:05", "2025-01-07T00:00", "2025-01-07T23:55"), "2025-01-06"),
        (("2025-01-06T00:05", "2025-01-07T00:00", "2025-01-08T00:00"), "2025-01-07"),
        (("2025-01-10T21:00", "2025-01-12T22:05"), "2025-01-10"),
        (("2025-01-10T21:00", "2025-01-12T22:05", "2025-01-13T08:00"), "2025-01-12"),
    ],
)
def test_the_last_is_the_last_day_with_bars_that_is_over(times: tuple[str, ...], day: str) -> None:
    for finished in (False, True):
        assert span_of("last", closes(*times), finished).day == day


def test_of_a_first_day_that_is_not_over_there_is_no_last() -> None:
    with pytest.raises(RunFailed, match="no whole day of the market is on record yet: 2025-01-06 is the first"):
        span_of("last", closes("2025-01-06T00:05", "2025-01-06T23:55"), finished=True)


@pytest.mark.parametrize("asked", ["2025-1-6", "20250106", "2025-W02-1", "today", "2025-02-30", "0000-01-01"])
def test_what_is_no_day_is_refused(asked: str) -> None:
    with pytest.raises(BadInput, match=f"--day was '{asked}', allowed is a day such as 2026-03-01, or last"):
        span_of(asked, RUN, finished=True)


@pytest.mark.parametrize("asked", ["2025-01-05", "2025-01-09", "0001-01-01", "9999-12-31"])
def test_a_day_the_node_has_not_seen_is_refused(asked: str) -> None:
    with pytest.raises(BadInput, match=f"--day was {asked}, allowed is a day that .* seen: 2025-01-06 to 2025-01-08"):
        span_of(asked, RUN, finished=True)


def test_what_happens_at_a_midnight_is_of_the_day_that_begins() -> None:
    assert span_of("2025-01-07", RUN[:3], finished=True).since == RUN[2]
    with pytest.raises(BadInput, match="2025-01-06 to 2025-01-06"):
        span_of("2025-01-07", RUN[:3], finished=False)
