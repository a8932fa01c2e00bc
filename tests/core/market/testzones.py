# file: tests/core/market/testzones.py
from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.market.zones import changes, zone_offsets


@settings(max_examples=50)
@given(
    second=st.integers(631_152_000, 4_000_000_000),
    zone=st.sampled_from(
        ["America/New_York", "Europe/Moscow", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Tokyo"]
    ),
)
def test_offsets_are_the_library_s(second: int, zone: str) -> None:
    there = datetime.fromtimestamp(second, ZoneInfo(zone)).utcoffset()
    assert there is not None
    assert zone_offsets(np.array([second * 10**9]), zone).tolist() == [int(there.total_seconds()) * 10**9]


def test_changes_are_known_to_the_second() -> None:
    at, _ = changes("America/New_York")
    assert int(np.datetime64("2025-03-09T07:00", "ns").astype(np.int64)) in at.tolist()
    assert int(np.datetime64("2025-11-02T06:00", "ns").astype(np.int64)) in at.tolist()


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(KeyError):
        changes("Mars/Olympus")
