# file: tests/core/config/testrisk.py
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradingbot.core.config.home import config_file
from tradingbot.core.config.load import build, load
from tradingbot.core.config.risk import LaneRisk, RiskConfig
from tradingbot.core.errors import ConfigError
from tradingbot.core.lane import Lane

LIMITS: dict[str, Any] = {"risk_fraction": "0.01", "max_stop_distance": "0.15", "max_position_leverage": 2}


def test_the_shipped_file_limits_every_lane_and_no_stop_may_be_farther_than_fifteen_percent() -> None:
    shipped = load(RiskConfig, config_file("risk.json")).lanes
    assert set(shipped) == set(Lane)
    assert max(limits.max_stop_distance for limits in shipped.values()) <= Decimal("0.15")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"risk_fraction": "0"}, "risk_fraction was '0': Input should be greater than 0"),
        ({"risk_fraction": Decimal("0.021")}, "risk_fraction was 0.021: Input should be less than or equal to 0.02"),
        ({"max_stop_distance": "0.16"}, "max_stop_distance was '0.16': Input should be less than or equal to 0.15"),
        ({"max_stop_distance": 0}, "max_stop_distance was 0"),
        ({"max_position_leverage": 51}, "max_position_leverage was 51: Input should be less than or equal to 50"),
        ({"max_loss": 1}, "max_loss is not a known field, allowed are max_position_leverage, max_stop_distance, risk_"),
    ],
)
def test_a_limit_outside_what_is_allowed_is_told(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=rf"^risk\.json: {told}"):
        build(LaneRisk, LIMITS | fields, "risk.json")
