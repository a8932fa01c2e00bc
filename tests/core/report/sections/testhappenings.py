# file: tests/core/report/sections/testhappenings.py
from __future__ import annotations

from tradingbot.core.report.sections.happenings import happenings


def test_events_are_told_in_words() -> None:
    event = {"time": "2025-01-02T10:00:00Z", "kind": "kill", "sentence": "killed by ann: <drill>"}
    (section,) = happenings({"events": [event]})
    assert "2025-01-02 10:00" in section
    assert "killed by ann: &lt;drill&gt;" in section


def test_a_quiet_lane_has_no_table() -> None:
    assert happenings({"events": []}) == []
