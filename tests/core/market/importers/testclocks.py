# file: tests/core/market/importers/testclocks.py
from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.market.importers.clocks import check_clock, to_utc
from tradingbot.core.market.importers.stamps import NO_TIME

HOUR = 3_600_000_000_000


@settings(max_examples=30)
@given(
    seconds=st.lists(st.integers(631_152_000, 4_000_000_000), min_size=1, max_size=20),
    zone=st.sampled_from(["Europe/Athens", "America/New_York", "Asia/Kolkata"]),
)
def test_walls_agree_with_the_library(seconds: list[int], zone: str) -> None:
    walls = [datetime.fromtimestamp(second, UTC).replace(tzinfo=ZoneInfo(zone)) for second in seconds]
    expected = [int(wall.timestamp()) * 10**9 for wall in walls]
    assert to_utc(np.array(seconds, np.int64) * 10**9, zone).tolist() == expected


@pytest.mark.parametrize(
    ("tz", "hours"), [("+03:00", 3), ("-05:00", -5), ("UTC+2", 2), ("GMT-4", -4), ("+0530", 5.5), ("UTC", 0)]
)
def test_offsets_are_taken_off(tz: str, hours: float) -> None:
    assert to_utc(np.array([10 * HOUR]), tz).tolist() == [int((10 - hours) * HOUR)]


def test_absurd_times_are_left_alone() -> None:
    odd = np.array([NO_TIME, -1, 2**62], np.int64)
    assert to_utc(odd, "Europe/Athens").tolist() == odd.tolist()


@pytest.mark.parametrize("tz", ["Mars/Olympus", "", "25", "../etc"])
def test_an_unknown_clock_is_refused(tz: str) -> None:
    with pytest.raises(BadInput, match=r"allowed is a zone such as Europe/Athens or an offset"):
        check_clock(tz)
