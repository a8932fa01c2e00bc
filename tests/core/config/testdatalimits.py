# file: tests/core/config/testdatalimits.py
from __future__ import annotations

import pytest

from tradingbot.core.config.datalimits import DataLimits
from tradingbot.core.config.load import build
from tradingbot.core.errors import ConfigError


def test_the_defaults_ask_for_nineteen_bars_in_twenty() -> None:
    assert build(DataLimits, {}, "x") == DataLimits(
        missing_share=0.05, missing_at_end=24, flat_bars=240, nan_share=0.05, largest=1e6
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("missing_share", 1.0),
        ("missing_share", -0.1),
        ("missing_at_end", -1),
        ("flat_bars", 0),
        ("nan_share", 1.0),
        ("largest", 0.0),
        ("largest", float("inf")),
        ("nonsense", 1),
    ],
)
def test_what_makes_no_limit_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"^x: {field}"):
        build(DataLimits, {field: value}, "x")
