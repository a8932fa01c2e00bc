# file: tests/core/config/testoverrides.py
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradingbot.core.config.overrides import assign, overlaid
from tradingbot.core.errors import ConfigError

CONFIG: dict[str, Any] = {
    "name": "trend",
    "rate": Decimal("0.10"),
    "venue": {"spread": {"ticks": 1}},
    "strategies": [{"path": "a:B", "params": {"fast": 10}}, {"path": "a:C"}],
}


@pytest.mark.parametrize(
    ("setting", "place", "value"),
    [
        ("name=range", ["name"], "range"),
        ("seed=8", ["seed"], 8),
        ("equity=5000 USDT", ["equity"], "5000 USDT"),
        ("start=2024-01-31", ["start"], "2024-01-31"),
        ("start=null", ["start"], None),
        ("venue.latency_ms=500", ["venue", "latency_ms"], 500),
        ("venue.spread.bps=0.10", ["venue", "spread", "bps"], Decimal("0.10")),
        ("risk.risk_fraction=0.005", ["risk", "risk_fraction"], Decimal("0.005")),
        ("strategies.0.params.fast=20", ["strategies", 0, "params", "fast"], 20),
        ("strategies.1.params.slow=true", ["strategies", 1, "params", "slow"], True),
        ("strategies.1=x", ["strategies", 1], "x"),
        ('instruments=["A.B","C.D"]', ["instruments"], ["A.B", "C.D"]),
        ('name="2024"', ["name"], "2024"),
        ("name=a=b", ["name"], "a=b"),
        ("name=", ["name"], ""),
        ("equity=NaN", ["equity"], "NaN"),
    ],
)
def test_a_setting_changes_one_place(setting: str, place: list[str | int], value: object) -> None:
    found: Any = assign(CONFIG, [setting])
    for part in place:
        found = found[part]
    assert (found, type(found)) == (value, type(value))


def test_later_settings_win_and_the_original_is_left_alone() -> None:
    found = assign(CONFIG, ["strategies.0.params.fast=20", "strategies.0.params.fast=30"])
    assert found["strategies"][0]["params"]["fast"] == 30
    assert CONFIG["strategies"][0]["params"]["fast"] == 10


def test_without_settings_nothing_changes_neither_value_nor_type() -> None:
    assert assign(CONFIG, []) == CONFIG
    assert type(assign(CONFIG, [])["rate"]) is Decimal


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("seed", "--set was 'seed', allowed is key=value, such as venue.latency_ms=500"),
        ("=8", "--set was '=8', allowed is key=value"),
        ("name.first=x", "--set name.first=x: name is a value, it has no first"),
        ("name.first.second=x", "--set name.first.second=x: there is no first"),
        ("strategies.2.path=x", "--set strategies.2.path=x: there is no 2"),
        ("strategies.first.path=x", "--set strategies.first.path=x: there is no first"),
        ("strategies.2=x", "--set strategies.2=x: there is no 2"),
        ("strategies.-1=x", "--set strategies.-1=x: there is no -1"),
        ("strategies.²=x", "--set strategies.²=x: there is no ²"),
    ],
)
def test_a_setting_that_leads_nowhere_is_told(setting: str, told: str) -> None:
    with pytest.raises(ConfigError) as failed:
        assign(CONFIG, [setting])
    assert str(failed.value).startswith(told)


def test_a_section_laid_over_another_replaces_single_fields() -> None:
    below = {"spread": {"ticks": 1, "bps": 2}, "leverage": 5, "fees": {"kind": "rate"}}
    above = {"spread": {"bps": 0}, "leverage": 3, "new": {"a": 1}, "fees": None}
    assert overlaid(below, above) == {
        "spread": {"ticks": 1, "bps": 0}, "leverage": 3, "fees": None, "new": {"a": 1},
    }  # fmt: skip
    assert below["spread"] == {"ticks": 1, "bps": 2}
