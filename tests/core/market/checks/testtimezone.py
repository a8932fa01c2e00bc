# file: tests/core/market/checks/testtimezone.py
"""What a file's weekends and nights say about its clock."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.rowsfixture import ns
from tradingbot.core.arrays import Ints
from tradingbot.core.market.calendars.clocks import UTC_CLOCK, parse_clock
from tradingbot.core.market.calendars.sessions import FOREX, USEQUITY, Session
from tradingbot.core.market.checks.defects import Defect, DefectKind, Severity
from tradingbot.core.market.checks.order import Forward
from tradingbot.core.market.checks.timezone import TimezoneChecks, repeated_hour_defects
from tradingbot.core.time import DAY, HOUR, MINUTE


def hour(start: str, step: int) -> Ints:
    return np.datetime64(start, "ns").astype(np.int64) + step * np.arange(HOUR // step)


@pytest.mark.parametrize(
    ("start", "clock"),
    [
        ("2025-10-26T01:00", "Europe/London"), ("2025-10-26T02:00", "Europe/Berlin"),
        ("2024-10-27T03:00", "Europe/Athens"), ("2025-11-02T01:00", "America/New_York"),
        ("2025-11-02T08:00", "America/New_York+7h"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("step", [MINUTE, 5 * MINUTE, 30 * MINUTE])
@pytest.mark.parametrize("at_close", [False, True])
def test_the_hour_that_comes_twice_names_the_clock(start: str, clock: str, step: int, at_close: bool) -> None:
    ts = hour(start, step) + (step if at_close else 0)
    (found,) = repeated_hour_defects(np.arange(len(ts)), ts, step if at_close else 0, UTC_CLOCK)
    assert f"use --tz {clock}" in found.sentence
    assert start[:10] in found.sentence


@pytest.mark.parametrize("start", ["2025-10-26T05:00", "2025-10-19T02:00", "2025-06-01T02:00"])
def test_another_hour_names_none(start: str) -> None:
    ts = hour(start, MINUTE)
    assert repeated_hour_defects(np.arange(len(ts)), ts, MINUTE, UTC_CLOCK) == []


def test_a_clock_that_was_named_is_not_doubted() -> None:
    ts = hour("2025-10-26T02:00", MINUTE)
    for name in ("Europe/Berlin", "+00:00", "UTC+2"):
        assert repeated_hour_defects(np.arange(len(ts)), ts, 0, parse_clock(name)) == []


YEAR = ("2024-01-01", "2024-12-31")
DIFFER = ("2024-02-25", "2024-04-15")
"""New York's clock changes on 10 March, Europe's on 31 March."""


def findings_of(
    clock: str,
    read_as: str = "UTC",
    span: tuple[str, str] = YEAR,
    step: int = HOUR,
    session: Session = FOREX,
    absent: Ints | None = None,
) -> list[Defect]:
    """Return what is said of a file with `clock` that is read as `read_as`; its bars lie inside the session's hours."""
    pace = max(step, MINUTE)
    ts = np.arange(ns(span[0]), ns(span[1]), pace)
    ts = ts[session.is_open(ts, step)]
    ts = ts if absent is None else np.delete(ts, absent % len(ts))
    read = np.unique(parse_clock(read_as).utc(parse_clock(clock).wall(ts)).first)
    weekends = TimezoneChecks(session, step, parse_clock(read_as))
    for start in range(0, len(read) - 1, 5_000):
        piece = slice(start + 1, start + 5_001)
        weekends.feed(Forward(np.arange(len(read))[piece], read[piece], read[:-1][start : start + 5_000]))
    return weekends.defects()


@pytest.mark.parametrize(
    "clock",
    ["America/New_York+7h", "Europe/Athens", "Europe/Berlin", "Europe/London", "America/New_York", "+02:00", "-05:00",
     "+09:00", "America/New_York+8h", "Europe/London+4h", "+05:30"],
)  # fmt: skip
@pytest.mark.parametrize("span", [YEAR, DIFFER], ids=["a year", "the weeks that differ"])
def test_a_clock_is_recognised_where_the_data_tells_it_from_others(clock: str, span: tuple[str, str]) -> None:
    (found,) = findings_of(clock, span=span)
    assert (found.kind, found.severity) == (DefectKind.WRONG_TIMEZONE, Severity.REFUSE)
    assert found.sentence.endswith(f": use --tz {clock}")
    assert findings_of(clock, clock, span) == []


@pytest.mark.parametrize(
    ("clock", "span", "use"),
    [
        ("America/New_York+7h", ("2024-01-05", "2024-02-20"), "America/New_York+7h, or +02:00"),
        ("America/New_York+7h", ("2024-05-05", "2024-08-20"), "America/New_York+7h, or +03:00"),
        ("Europe/Athens", ("2024-05-05", "2024-08-20"), "America/New_York+7h, or +03:00"),
        ("-05:00", ("2024-01-05", "2024-02-20"), "America/New_York, or -05:00"),
        ("+08:00", ("2024-01-05", "2024-02-20"), "+08:00"),
    ],
)
def test_where_no_week_tells_clocks_apart_new_york_s_close_is_the_likelier(
    clock: str, span: tuple[str, str], use: str
) -> None:
    (found,) = findings_of(clock, span=span)
    fixed = " if its clock never changes" if " or " in use else ""
    assert found.sentence.endswith(f"use --tz {use}{fixed}")
    assert "Athens" not in found.sentence


@pytest.mark.parametrize("span", [YEAR, DIFFER, ("2024-10-14", "2024-11-20")])
@pytest.mark.parametrize(
    ("clock", "read_as"), [("America/New_York+7h", "Europe/Athens"), ("Europe/Athens", "America/New_York+7h")]
)
def test_the_weeks_in_which_only_one_of_two_clocks_has_changed_tell_them_apart(
    clock: str, read_as: str, span: tuple[str, str]
) -> None:
    (found,) = findings_of(clock, read_as, span)
    assert (found.severity, found.sentence.endswith(f": use --tz {clock}")) == (Severity.REFUSE, True)


@pytest.mark.parametrize("clock", ["Australia/Sydney", "Pacific/Auckland"])
def test_clocks_of_the_south_are_recognised_over_a_year(clock: str) -> None:
    (found,) = findings_of(clock)
    assert (found.severity, found.sentence.endswith(f": use --tz {clock}")) == (Severity.REFUSE, True)


def test_a_clock_that_changes_as_none_that_is_known_refuses() -> None:
    """Chile's clock changes in April and September."""
    (found,) = findings_of("America/Santiago")
    assert found.severity is Severity.REFUSE
    assert found.sentence == (
        "read as UTC, the forex market opens and shuts -4 h to -3 h off its hours, as no clock that is known here: name"
        " the file's with --tz"
    )
    assert findings_of("America/Santiago", "America/Santiago") == []


def test_the_sentence_says_what_was_read_how_and_what_would_fit_of_ticks_too() -> None:
    (found,) = findings_of("America/New_York+7h")
    assert found.sentence == (
        "read as UTC, the forex market opens and shuts +2 h to +3 h off its hours: use --tz America/New_York+7h"
    )
    (found,) = findings_of("America/New_York+7h", step=0, span=DIFFER)
    assert (found.severity, found.sentence.endswith("use --tz America/New_York+7h")) == (Severity.REFUSE, True)
    assert findings_of("America/New_York+7h", "America/New_York+7h", DIFFER, step=0) == []


@pytest.mark.parametrize("given", ["+02:00", "UTC+2", "Etc/GMT-2", "-03:00"])
def test_a_fixed_offset_is_taken_as_given_and_only_warned_of(given: str) -> None:
    (found,) = findings_of("America/New_York+7h", given)
    assert found.severity is Severity.WARN
    assert found.sentence.endswith("the offset is taken as given, America/New_York+7h would fit")


def test_days_show_no_hours_so_that_they_only_warn() -> None:
    """Days from 17:00 to 17:00 in New York, dated by a broker's midnight, read as days of UTC."""
    midnights = ns("2024-01-02") + DAY * np.arange(250)
    dated = midnights[np.isin((midnights // DAY + 3) % 7, [1, 2, 3, 4, 5])]
    weekends = TimezoneChecks(FOREX, DAY, parse_clock("UTC"))
    weekends.feed(Forward(np.arange(1, len(dated)), dated[1:], dated[:-1]))
    (found,) = weekends.defects()
    assert (found.kind, found.severity) == (DefectKind.WRONG_TIMEZONE, Severity.WARN)
    assert found.sentence.endswith("days show no hours: if these are not days of UTC, use --tz America/New_York+7h")


@pytest.mark.parametrize("clock", ["America/New_York", "Europe/Berlin"])
def test_nights_of_us_equities_tell_the_clock(clock: str) -> None:
    (found,) = findings_of(clock, step=30 * MINUTE, session=USEQUITY)
    assert found.sentence.startswith("read as UTC, the usequity market opens and shuts")
    assert found.sentence.endswith(f"use --tz {clock}")
    assert findings_of(clock, clock, step=30 * MINUTE, session=USEQUITY) == []


@settings(max_examples=15, deadline=None)
@given(
    clock=st.sampled_from(["America/New_York+7h", "Europe/Athens", "UTC", "+03:00"]),
    absent=st.lists(st.integers(0, 10**6), max_size=300),
)
def test_bars_that_are_absent_never_make_another_clock_of_it(clock: str, absent: list[int]) -> None:
    missing = np.array(absent, np.int64)
    assert findings_of(clock, clock, absent=missing) == []
    found = findings_of(clock, absent=missing)
    assert len(found) == (clock != "UTC")
    assert all(defect.sentence.endswith(f"use --tz {clock}") for defect in found)
