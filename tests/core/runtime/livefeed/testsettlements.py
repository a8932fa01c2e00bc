# file: tests/core/runtime/livefeed/testsettlements.py
from __future__ import annotations

from tradingbot.core.runtime.livefeed.settlements import Settlements
from tradingbot.core.time import HOUR


def test_without_an_announcement_the_schedule_holds() -> None:
    plan = Settlements(480)
    assert [plan.after(hour * HOUR) // HOUR for hour in (0, 7, 8, 23)] == [8, 8, 16, 24]
    assert plan.rate(8 * HOUR) is None
    assert plan.interval(8 * HOUR) == 480


def test_the_last_announcement_before_a_settlement_gives_its_rate() -> None:
    plan = Settlements(480)
    plan.announced(6 * HOUR, 8 * HOUR, 0.0001, 480)
    plan.announced(7 * HOUR, 8 * HOUR, 0.0002, 480)
    plan.announced(8 * HOUR, 8 * HOUR, 0.9, 480)
    plan.announced(8 * HOUR, 16 * HOUR, 0.0003, 480)
    assert plan.rate(8 * HOUR) == (0.0002, 480)
    assert [plan.after(hour * HOUR) // HOUR for hour in (7, 8, 16)] == [8, 16, 24]


def test_what_happened_before_an_announcement_follows_the_schedule() -> None:
    plan = Settlements(480)
    plan.announced(20 * HOUR, 24 * HOUR, 0.0001, 480)
    assert [plan.after(hour * HOUR) // HOUR for hour in (1, 9, 17, 21)] == [8, 16, 24, 24]


def test_a_shorter_interval_takes_the_announced_settlement_back() -> None:
    plan = Settlements(480)
    plan.announced(9 * HOUR, 16 * HOUR, 0.0001, 480)
    plan.announced(10 * HOUR, 12 * HOUR, 0.0004, 240)
    assert [plan.after(hour * HOUR) // HOUR for hour in (10, 12)] == [12, 16]
    assert plan.rate(16 * HOUR) is None
    assert plan.interval(12 * HOUR) == 240


def test_between_an_announcement_and_what_it_announces_nothing_is_due() -> None:
    plan = Settlements(480)
    plan.announced(9 * HOUR, 16 * HOUR, 0.0001, 240)
    assert plan.after(9 * HOUR) == 16 * HOUR
