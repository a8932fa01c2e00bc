# file: tests/learning/testmanifest.py
from __future__ import annotations

import json
from typing import Any

import pytest

from tradingbot.core.config.load import build
from tradingbot.core.errors import ConfigError
from tradingbot.learning.manifest import Manifest

LEARNED: dict[str, Any] = {
    "start": 1, "end": 2, "rows": 3, "stored": {"X": {"version": 0, "rows": 3, "sha256": "s"}}, "data_sha256": "d",
    "program_sha256": "p",
}  # fmt: skip
WORDS: dict[str, Any] = {
    "candidate": "c", "lane": "forex", "bar": "5m", "instruments": ["X"], "recipe": {"kind": "model"}, "seed": 7,
    "features": ["momentum 4"], "feature_code_sha256": "f", "weak": 0.55, "normal": None, "strong": None,
    "misses": [0.1, 0.2], "learned": LEARNED,
}  # fmt: skip


def test_what_is_written_is_read_back() -> None:
    manifest = build(Manifest, WORDS, "m")
    again = build(Manifest, json.loads(json.dumps(manifest.model_dump(mode="json"))), "m")
    assert again == manifest
    assert (again.format, again.misses, again.learned.stored["X"].rows) == (1, (0.1, 0.2), 3)


@pytest.mark.parametrize("name", sorted(WORDS))
def test_every_field_must_be_there(name: str) -> None:
    with pytest.raises(ConfigError, match=f"m: {name}"):
        build(Manifest, {key: value for key, value in WORDS.items() if key != name}, "m")


def test_another_format_and_an_unknown_word_are_refused() -> None:
    with pytest.raises(ConfigError, match="m: format was 2"):
        build(Manifest, WORDS | {"format": 2}, "m")
    with pytest.raises(ConfigError, match="m: colour is not a known field"):
        build(Manifest, WORDS | {"colour": "red"}, "m")
