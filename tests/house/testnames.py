# file: tests/house/testnames.py
from __future__ import annotations

import re
from pathlib import Path

import pytest

_BANNED = {"util", "utils", "helper", "helpers", "common", "misc", "base", "shared", "stuff", "lib"}
_CAPITAL = {
    "Makefile",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "MANIFEST.in",
    "__init__.py",
    "__main__.py",
}
_NAME = re.compile(r"\.?[a-z0-9][a-z0-9.-]*")


def _offences(path: Path) -> list[str]:
    found = []
    if path.name not in _CAPITAL and not _NAME.fullmatch(path.name):
        found.append(f"{path}: names are lowercase without underscores")
    found += [f"{path}: folder {part} is not lowercase" for part in path.parts[:-1] if not _NAME.fullmatch(part)]
    stems = {path.stem, *path.parts[1:-1]} if path.suffix == ".py" else set()
    found += [f"{path}: {stem} says nothing; name the idea" for stem in sorted(stems & _BANNED)]
    return found


def test_every_name_is_lowercase_and_says_something(tracked: list[Path]) -> None:
    assert [offence for path in tracked for offence in _offences(path)] == []


def test_tools_holds_shell_only(tracked: list[Path]) -> None:
    assert [path for path in tracked if path.parts[0] == "tools" and path.suffix != ".sh"] == []


@pytest.mark.parametrize("name", ["tradingbot/core/my_file.py", "tradingbot/Core/x.py", "tradingbot/core/utils.py"])
def test_a_bad_name_is_seen(name: str) -> None:
    assert _offences(Path(name))
