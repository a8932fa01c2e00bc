# file: tests/core/supervisor/testnightly.py
from __future__ import annotations

import datetime as dt

import pytest

from tradingbot.core.supervisor.nightly import Nightly


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(f"{text}Z").timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-03-01T12:00", "2026-03-02T00:09:59", False),
        ("2026-03-01T12:00", "2026-03-02T00:10:00", True),
        ("2026-03-02T00:10:01", "2026-03-02T23:59", False),
        ("2026-03-02T00:10:01", "2026-03-03T00:10:00", True),
        ("2026-03-02T09:00", "2026-03-03T09:00", True),
        ("2026-02-01T09:00", "2026-03-03T00:00", True),
        ("2026-03-03T09:00", "2026-03-02T09:00", False),
    ],
)
def test_it_is_due_once_the_hour_has_passed_since_the_last_round(last: str, now: str, due: bool) -> None:
    assert Nightly("00:10", at(last)).due(at(now)) is due


def test_a_round_is_not_due_twice_and_what_was_missed_for_days_is_made_up_for_once() -> None:
    nightly = Nightly("23:30", at("2026-03-01T12:00"))
    now = at("2026-03-09T08:00")
    assert nightly.due(now)
    nightly.began(now)
    assert not nightly.due(now)
    assert not nightly.due(at("2026-03-09T23:29:59"))
    assert nightly.due(at("2026-03-09T23:30"))


def test_it_says_how_long_the_hour_is_away() -> None:
    nightly = Nightly("00:10", 0)
    assert nightly.wait_s(at("2026-03-01T23:10")) == 3_600
    assert nightly.wait_s(at("2026-03-01T00:10")) == 86_400


def test_never_is_never() -> None:
    assert not Nightly("", 0).due(at("2026-03-09T08:00"))
    assert Nightly("", 0).wait_s(0) == float("inf")
