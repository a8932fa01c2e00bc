# file: tests/house/testleftovers.py
from __future__ import annotations

import re
from pathlib import Path

# Put together from halves, so that this file does not find itself.
_UNDONE = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error"]) + r")\b")
_PLACES = re.compile(
    "|".join(
        [
            r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|Us" + r"ers|ho" + r"me/\w+)/",
            r"[A-Z]:\\\\?Us" + "ers",
            "python" + "hosted",
            "py" + r"pi\.(?:org|python)",
            "--(?:extra-)?index" + "-url",
        ]
    )
)


def _hits(texts: dict[Path, str], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {found.group()}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (found := pattern.search(line))
    ]


def test_nothing_is_left_undone(texts: dict[Path, str]) -> None:
    assert _hits(texts, _UNDONE) == []


def test_no_machine_and_no_registry_is_named(texts: dict[Path, str]) -> None:
    assert _hits(texts, _PLACES) == []
