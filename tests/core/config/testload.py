# file: tests/core/config/testload.py
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from nautilus_trader.model import Currency, Money
from pydantic import TypeAdapter, ValidationError

from tradingbot.core.config.candidate import BarrierSpec, ModelRecipe
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.load import (
    MONEY_MAX,
    RENAMED,
    Amount,
    FileName,
    Section,
    UtcTime,
    ZoneName,
    assign_setting,
    build,
    load,
    merge_section,
    read_json,
)
from tradingbot.core.config.risk import Kill
from tradingbot.core.errors import ConfigError


class Inner(Section):
    near: Decimal = Decimal(1)
    far: int = 2


class Outer(Section):
    name: str
    inner: Inner = Inner()
    several: tuple[Inner, ...] = ()
    named: dict[str, Inner] = {}  # noqa: RUF012 - pydantic copies it


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_number_with_a_point_stays_exact(tmp_path: Path) -> None:
    found = read_json(written(tmp_path, '{"a": 0.10, "b": 3}'))
    assert (found["a"], type(found["a"]), found["b"]) == (Decimal("0.10"), Decimal, 3)
    assert load(Outer, written(tmp_path, '{"name": "x", "inner": {"near": 0.10}}')).inner.near == Decimal("0.10")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", r"is not JSON: Expecting property name enclosed in double quotes in line 1, column 2"),
        ('{"a": 1,\n "b" 2}', "is not JSON: Expecting ':' delimiter in line 2, column 6"),
        ("[1]", r"was a list, allowed is an object \{\.\.\.\}"),
        ('{"a": NaN}', ": NaN is not a number"),
        ('{"a": -Infinity}', ": -Infinity is not a number"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', ": c is there twice"),
    ],
)
def test_what_is_no_sound_object_is_told_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=rf"mine\.json ?{told}$"):
        read_json(written(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.json was not found$"):
        read_json(tmp_path / "none.json")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe9"}')
    for path in (tmp_path, tmp_path / "latin.json"):
        with pytest.raises(ConfigError, match="could not be read"):
            read_json(path)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "name is missing"),
        ({"name": "x", "nam": 1}, "nam is not a known field, allowed are inner, name, named, several"),
        ({"name": "x", "inner": {"nearer": 1}}, "inner.nearer is not a known field, allowed are far, near"),
        ({"name": "x", "several": [{}, {"a": 1}]}, "several.1.a is not a known field, allowed are far, near"),
        ({"name": "x", "named": {"k": {"a": 1}}}, "named.k.a is not a known field, allowed are far, near"),
        ({"name": "x", "inner": {"far": Decimal("1.5")}}, "inner.far was 1.5: Input should be a valid integer"),
        ({"name": "x", "inner": {"far": "much"}}, "inner.far was 'much': Input should be a valid integer"),
        ({"name": None, "inner": {"far": []}}, r"name was None: .*; here: inner.far was \[\]"),
    ],
)
def test_each_wrong_field_is_told_with_place_value_and_what_is_allowed(values: object, told: str) -> None:
    with pytest.raises(ConfigError, match=rf"^here: {told}") as failed:
        build(Outer, values, "here")
    assert "\n" not in str(failed.value)


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
    found: Any = assign_setting(CONFIG, [setting])
    for part in place:
        found = found[part]
    assert (found, type(found)) == (value, type(value))


def test_later_settings_win_and_the_original_is_left_alone() -> None:
    found = assign_setting(CONFIG, ["strategies.0.params.fast=20", "strategies.0.params.fast=30"])
    assert found["strategies"][0]["params"]["fast"] == 30
    assert CONFIG["strategies"][0]["params"]["fast"] == 10


def test_without_settings_nothing_changes_neither_value_nor_type() -> None:
    assert assign_setting(CONFIG, []) == CONFIG
    assert type(assign_setting(CONFIG, [])["rate"]) is Decimal


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
        assign_setting(CONFIG, [setting])
    assert str(failed.value).startswith(told)


def test_a_section_laid_over_another_replaces_single_fields() -> None:
    below = {"spread": {"ticks": 1, "bps": 2}, "leverage": 5, "fees": {"kind": "rate"}}
    above = {"spread": {"bps": 0}, "leverage": 3, "new": {"a": 1}, "fees": None}
    assert merge_section(below, above) == {
        "spread": {"ticks": 1, "bps": 0}, "leverage": 3, "fees": None, "new": {"a": 1},
    }  # fmt: skip
    assert below["spread"] == {"ticks": 1, "bps": 2}


@pytest.mark.parametrize("text", ["2025-12-01T00:00", "2025-12-01T00:00Z", "2025-12-01T01:00+01:00"])
def test_a_time_is_utc_unless_it_names_a_zone(text: str) -> None:
    assert TypeAdapter(UtcTime).validate_python(text) == dt.datetime(2025, 12, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        (Amount, "10000", "a positive amount and a currency, such as '10000 USDT'"),
        (Amount, "0 USDT", "a positive amount"),
        (Amount, "-5 USDT", "a positive amount"),
        (Amount, "17014118346047 USDT", "at most 17,014,118,346,046, which is all that the engine can count"),
        (Amount, "99999999999999999999999999999 USDT", "at most 17,014,118,346,046"),
        (Amount, "17014118346046.00000001 USDT", "at most 17,014,118,346,046"),
        (UtcTime, "0001-01-01", "a time from 1970-01-01 to 2261-12-31"),
        (UtcTime, "9999-12-31T23:00-05:00", "a time from 1970-01-01 to 2261-12-31"),
        (FileName, "..", "letters, digits, '_', '-' and '.', at most 80, the first of them none of '-' and '.'"),
        (FileName, "a/b", "letters, digits"),
        (FileName, "a\n", "letters, digits"),
        (FileName, "é" * 41, "at most 80"),
        (FileName, "", "letters, digits"),
        (ZoneName, "Europe/Atlantis", "a time zone such as Europe/London"),
        (ZoneName, "../London", "a time zone such as Europe/London"),
    ],
)
def test_what_is_none_is_told(kind: Any, value: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        TypeAdapter(kind).validate_python(value)


def test_what_is_allowed_to_the_last_is_taken() -> None:
    assert TypeAdapter(Amount).validate_python(f"{MONEY_MAX} USDT") == "17014118346046 USDT"
    assert TypeAdapter(UtcTime).validate_python("2261-12-31T23:59").year == 2261
    assert TypeAdapter(FileName).validate_python("_été-2.1") == "_été-2.1"


def test_the_most_money_is_the_engines() -> None:
    currency = Currency.from_str("USDT")
    assert Money.from_decimal(Decimal(MONEY_MAX), currency).as_decimal() == MONEY_MAX
    with pytest.raises(ValueError, match="exceeded bounds"):
        Money.from_decimal(Decimal(MONEY_MAX + 1), currency)


def test_a_renamed_key_is_refused_with_its_new_name() -> None:
    from strategies.trendfollow import TrendFollowParams

    models = (BarrierSpec, Kill, LaneVenue, ModelRecipe, TrendFollowParams)
    for old, new in RENAMED.items():
        (model,) = (model for model in models if new in model.model_fields)
        with pytest.raises(ConfigError, match=f"mine: {old} is now called {new}"):
            build(model, {old: 1}, "mine")
