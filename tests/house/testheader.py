# file: tests/house/testheader.py
from __future__ import annotations

from pathlib import Path

_FORMS = {
    ".py": "# file: {}",
    ".sh": "# file: {}",
    ".toml": "# file: {}",
    ".yml": "# file: {}",
    ".yaml": "# file: {}",
    ".js": "// file: {}",
    ".css": "/* file: {} */",
    ".html": "{{# file: {} #}}",
}
_UNSUFFIXED = {"Makefile", "run"}


def _form(path: Path) -> str | None:
    return "# file: {}" if path.name in _UNSUFFIXED else _FORMS.get(path.suffix)


def _expected(path: Path) -> str:
    inside = path.relative_to("tradingbot") if path.parts[0] == "tradingbot" else path
    return inside.as_posix()


def test_every_source_file_starts_with_its_own_path(texts: dict[Path, str]) -> None:
    wrong = []
    for path, text in texts.items():
        if (form := _form(path)) is None:
            continue
        lines = [line for line in text.splitlines()[:2] if not line.startswith("#!")]
        if not lines or lines[0] != form.format(_expected(path)):
            wrong.append(
                f"{path}: the first line was {lines[0] if lines else ''!r}, not {form.format(_expected(path))!r}"
            )
    assert wrong == []
