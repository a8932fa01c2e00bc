# file: tests/reports/backtest/testbreakdown.py
from __future__ import annotations

from tradingbot.reports.backtest.breakdown import events_table, refusals_chart


def test_events_are_escaped_sentences_and_none_is_no_table() -> None:
    event = {"time": "2025-01-02T10:00:00Z", "kind": "kill", "sentence": "killed by ann: <drill>"}
    (section,) = events_table({"events": [event]})
    assert "2025-01-02 10:00" in section
    assert "killed by ann: &lt;drill&gt;" in section
    assert events_table({"events": []}) == []


def _refused(rule: str, day: str) -> dict[str, str]:
    return {"rule": rule, "time": f"{day}T10:00:00Z"}


def test_refusals_are_counted_by_day_and_rule() -> None:
    refused = [_refused("lane_halted", "2025-01-02")] * 2 + [_refused("solvent", "2025-01-01")]
    bars = {bar["name"]: dict(zip(bar["x"], bar["y"], strict=True)) for bar in refusals_chart(refused)["data"]}
    assert bars == {"lane_halted": {"2025-01-02": 2}, "solvent": {"2025-01-01": 1}}


def test_rare_rules_are_counted_together() -> None:
    refused = [_refused(f"rule{number}", "2025-01-02") for number in range(9) for _ in range(9 - number)]
    bars = {bar["name"]: sum(bar["y"]) for bar in refusals_chart(refused)["data"]}
    assert len(bars) == 7
    assert bars["other"] == 3 + 2 + 1
    assert sum(bars.values()) == len(refused)
