# file: tests/core/config/testlanes.py
from __future__ import annotations

import json
from typing import Any

import pytest

from tradingbot.core.config.home import config_file
from tradingbot.core.config.lanes import LanesConfig, LaneVenue
from tradingbot.core.config.load import build, load
from tradingbot.core.errors import ConfigError
from tradingbot.core.lane import Lane


def venue(**fields: Any) -> LaneVenue:
    return build(LaneVenue, {"currency": "USDT", "leverage": 5, "latency_ms": 100} | fields, "lanes.json")


def test_the_shipped_file_has_a_venue_for_every_lane() -> None:
    assert set(load(LanesConfig, config_file("lanes.json")).lanes) == set(Lane)


def test_every_field_of_the_shipped_file_is_written_out_so_that_nothing_is_left_to_a_default() -> None:
    sections = json.loads(config_file("lanes.json").read_text(encoding="utf-8"))["lanes"]
    assert {lane for lane, section in sections.items() if set(section) != set(LaneVenue.model_fields)} == set()


@pytest.mark.parametrize(
    ("carry", "short", "carries"),
    [("none", True, False), ("rollover", False, True), ("borrow", True, True), ("borrow", False, False)],
)
def test_borrowing_costs_only_where_one_may_be_short(carry: str, short: bool, carries: bool) -> None:
    assert venue(carry={"kind": carry}, short=short).carries is carries


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"leverage": 0}, "leverage was 0: Input should be greater than or equal to 1"),
        ({"leverage": 126}, "leverage was 126: Input should be less than or equal to 125"),
        ({"latency_ms": 0}, "latency_ms was 0: Input should be greater than 0"),
        ({"spread": {"ticks": -1}}, "spread.ticks was -1"),
        ({"spread": {"tick": 1}}, "spread.tick is not a known field, allowed are bps, ticks"),
        ({"depth": {"participation": 0}}, "depth.participation was 0: Input should be greater than 0"),
        ({"depth": {"participation": 1.5}}, "depth.participation was 1.5: Input should be less than or equal to 1"),
        ({"depth": {"size": 0}}, "depth.size was 0"),
        ({"depth": {"impact": -0.1}}, "depth.impact was -0.1"),
        ({"fees": {"kind": "flat"}}, "fees.kind was 'flat': Input should be 'rate', 'rate_minimum' or 'per_contract'"),
        ({"fees": {"multiplier": -1}}, "fees.multiplier was -1"),
        ({"carry": {"kind": "swap"}}, "carry.kind was 'swap'"),
        ({"carry": {"annual": 6}}, "carry.annual was 6"),
        ({"limit_fill_probability": 1.1}, "limit_fill_probability was 1.1"),
        ({"unfilled_retries": -1}, "unfilled_retries was -1"),
        ({"liquidation": "perhaps"}, "liquidation was 'perhaps'"),
    ],
)
def test_a_wrong_field_is_told_with_value_and_what_is_allowed(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=rf"^lanes\.json: {told}"):
        venue(**fields)


def test_an_unknown_lane_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"lanes\.bonds.* was 'bonds'"):
        build(LanesConfig, {"lanes": {"bonds": {"currency": "USD", "leverage": 1, "latency_ms": 1}}}, "lanes.json")
