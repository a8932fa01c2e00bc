# file: tests/core/runtime/livefeed/testsettlements.py
from __future__ import annotations

from tradingbot.core.runtime.livefeed.settlements import Settlements
from tradingbot.core.time import HOUR, MINUTE


def _after(plan: Settlements, *hours: int) -> list[int]:
    return [plan.after(hour * HOUR) // HOUR for hour in hours]


def test_without_an_announcement_the_schedule_holds() -> None:
    plan = Settlements(480)
    assert _after(plan, 0, 7, 8, 23) == [8, 8, 16, 24]
    assert plan.rate(8 * HOUR) is None
    assert plan.interval(8 * HOUR) == 480


def test_the_last_announcement_before_a_settlement_gives_its_rate() -> None:
    plan = Settlements(480)
    plan.announced(8 * HOUR, 0.0001, 480, 6 * HOUR)
    plan.announced(8 * HOUR, 0.0002, 480, 7 * HOUR)
    plan.announced(16 * HOUR, 0.0003, 480, 8 * HOUR - MINUTE)
    plan.announced(8 * HOUR, 0.9, 480, 8 * HOUR)
    assert plan.rate(8 * HOUR) == (0.0002, 480)
    assert _after(plan, 7, 8, 16) == [8, 16, 24]


def test_what_happened_before_an_announcement_follows_the_schedule() -> None:
    plan = Settlements(480)
    plan.announced(24 * HOUR, 0.0001, 480, 0)
    assert _after(plan, 1, 9, 17, 21) == [8, 16, 24, 24]


def test_a_shorter_interval_takes_the_announced_settlement_back() -> None:
    plan = Settlements(480)
    plan.announced(16 * HOUR, 0.0001, 480, 9 * HOUR)
    plan.announced(12 * HOUR, 0.0004, 240, 10 * HOUR)
    assert _after(plan, 10, 12) == [12, 16]
    assert plan.rate(16 * HOUR) is None
    assert plan.interval(12 * HOUR) == 240


def test_after_an_outage_a_settlement_in_it_is_expected_but_its_rate_is_not_known() -> None:
    plan = Settlements(480)
    plan.announced(8 * HOUR, 0.0001, 480, 3 * HOUR)
    plan.announced(16 * HOUR, 0.0002, 480, 4 * HOUR)
    assert _after(plan, 4, 8) == [8, 16]
    assert plan.rate(8 * HOUR) is None


def test_an_announcement_off_the_schedule_is_expected_beside_it() -> None:
    plan = Settlements(480)
    plan.announced(10 * HOUR, 0.0001, 480, 9 * HOUR)
    assert _after(plan, 7, 8, 10) == [8, 10, 16]
