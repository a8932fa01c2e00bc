# file: tests/core/config/testdrift.py
from __future__ import annotations

import pytest

from tradingbot.core.config.drift import DriftConfig
from tradingbot.core.config.load import build
from tradingbot.core.errors import ConfigError


def test_an_empty_section_allows_one_false_alarm_in_twenty_months() -> None:
    config = build(DriftConfig, {}, "drift")
    assert (config.window, config.level, config.cooldown_days) == (1000, 0.05, 7.0)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"window": 99}, "window"), ({"level": 0}, "level"), ({"level": 1}, "level"), ({"cooldown_days": -1}, "cooldown")],
)
def test_a_value_out_of_range_is_named(values: dict[str, object], field: str) -> None:
    with pytest.raises(ConfigError, match=f"drift: {field}"):
        build(DriftConfig, values, "drift")
