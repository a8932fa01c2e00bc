# file: tests/house/testreadme.py
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_LINES = 250
_PICTURE = 300_000


def test_the_readme_is_read_in_ten_minutes(readme: str) -> None:
    assert readme.count("\n") <= _LINES


def test_every_path_it_names_exists(readme: str, root: Path) -> None:
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", readme)
    assert len(linked) > 20
    assert [path for path in linked if not (root / path).exists()] == []


def test_every_page_of_the_manual_is_named(readme: str, manual: dict[Path, str]) -> None:
    left_out = {Path("docs/index.md")}
    assert [path for path in sorted(set(manual) - left_out) if f"({path.as_posix()}" not in readme] == []


def test_the_license_is_the_one_that_is_said(readme: str, root: Path, project: dict[str, Any]) -> None:
    assert "[Apache License 2.0](LICENSE)" in readme
    assert project["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (root / "LICENSE").read_text(encoding="utf-8")


def test_pictures_are_small(root: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in (root / "docs").rglob("*.png")}
    assert {name: size for name, size in sizes.items() if size > _PICTURE} == {}
