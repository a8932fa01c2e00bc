# file: tests/core/config/testload.py
from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tradingbot.core.config.load import Section, build, load, read_json
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
