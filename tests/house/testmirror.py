# file: tests/house/testmirror.py
from __future__ import annotations

from pathlib import Path

_WITHOUT_SUBJECT = {"house", "golden", "proofs"}
_ROOMS = ("strategies", "adapters", "bench", "tools")


def _subjects(test: Path) -> list[Path]:
    """Return where the subject of `tests/<folders>/test<name>.py` may live; one with many tests has a folder."""
    folder, name = test.parent.relative_to("tests"), test.stem.removeprefix("test")
    if folder.parts[:1] == ("venues",):  # venues of tests: what they test lies beside them
        return [test.with_name(f"{name}.py")]
    at = folder / name if folder.parts[:1] and folder.parts[0] in _ROOMS else Path("tradingbot") / folder / name
    return [at.with_suffix(".py"), at / "__init__.py", at.with_suffix(".sh"), at.parent.with_suffix(".py")]


def test_every_test_file_has_the_place_of_what_it_tests(tracked: list[Path]) -> None:
    known = set(tracked)
    tests = [path for path in tracked if path.parts[0] == "tests" and path.name.startswith("test")]
    orphans = [
        f"{path}: none of {', '.join(map(str, _subjects(path)))} exists"
        for path in tests
        if path.parts[1] not in _WITHOUT_SUBJECT and not known & set(_subjects(path))
    ]
    assert orphans == []


def test_tests_have_no_packages(tracked: list[Path]) -> None:
    assert [path for path in tracked if path.parts[0] == "tests" and path.name == "__init__.py"] == []
