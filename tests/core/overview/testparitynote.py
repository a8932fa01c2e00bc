# file: tests/core/overview/testparitynote.py
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.messages.nodeview import ParityTile
from tradingbot.core.overview.paritynote import read, write

TILE = ParityTile(1_750_000_000_000_000_001, "2025-01-06", 3, 9, 5, 2, ("one", "zwei — два"), "")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "parity", "trend", TILE)
    assert path == tmp_path / "parity" / "trend.json"
    assert read(tmp_path / "parity", "trend") == TILE


def test_a_later_result_replaces_the_last_and_leaves_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, "trend", TILE)
    write(tmp_path, "other", TILE)
    later = replace(TILE, differences=(), different=0, trouble="no data")
    write(tmp_path, "trend", later)
    assert (read(tmp_path, "trend"), read(tmp_path, "other")) == (later, TILE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.json", "trend.json"]


def test_what_cannot_be_written_leaves_the_last_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "trend", TILE)

    def full(_path: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RunFailed, match=r"trend\.json could not be written: No space left"):
        write(tmp_path, "trend", replace(TILE, different=9))
    assert read(tmp_path, "trend") == TILE
    assert [path.name for path in tmp_path.iterdir()] == ["trend.json"]


def test_before_the_first_there_is_none(tmp_path: Path) -> None:
    assert read(tmp_path / "nowhere", "trend") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"at": 1}', "\xff", "[" * 100_000, '{"differences": 1}']
)
def test_a_damaged_one_is_told_as_trouble(tmp_path: Path, text: str) -> None:
    (tmp_path / "trend.json").write_text(text, encoding="latin-1")
    found = read(tmp_path, "trend")
    assert found is not None
    assert found.trouble.startswith(f"{tmp_path / 'trend.json'} cannot be read: ")
    assert (found.at, found.different) == (0, 0)


def test_a_field_too_many_or_too_few_is_damage(tmp_path: Path) -> None:
    text = write(tmp_path, "trend", TILE).read_text(encoding="utf-8")
    for changed in (text.replace('"day"', '"date"'), text.replace('{"at"', '{"more": 1, "at"')):
        (tmp_path / "trend.json").write_text(changed, encoding="utf-8")
        found = read(tmp_path, "trend")
        assert found is not None
        assert found.trouble.endswith("it holds something else")
