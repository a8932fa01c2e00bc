# file: tests/learning/testcurrent.py
from __future__ import annotations

from pathlib import Path

import pytest

from tradingbot.core.errors import BadInput
from tradingbot.learning.current import current, make_current

SHA = "ab" * 32


def test_the_model_made_current_is_the_current_one_until_the_next_is(tmp_path: Path) -> None:
    other = "cd" * 32
    for sha256 in (SHA, other):
        (tmp_path / sha256).mkdir()
        make_current(tmp_path, "dream", sha256)
        assert current(tmp_path, "dream") == tmp_path / sha256


def test_candidates_have_models_of_their_own(tmp_path: Path) -> None:
    (tmp_path / SHA).mkdir()
    file = make_current(tmp_path, "dream", SHA)
    assert file == tmp_path / "dream.json"
    with pytest.raises(BadInput, match=r"^other has no trained model in .*; `tradingbot train CONFIG` makes one$"):
        current(tmp_path, "other")


def test_a_model_that_is_gone_is_named(tmp_path: Path) -> None:
    make_current(tmp_path, "dream", SHA)
    with pytest.raises(BadInput, match=rf"^dream: its model {SHA[:16]} is not in .*; train it again$"):
        current(tmp_path, "dream")


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"model": null}', '{"model": "../../etc"}', '"model"'])
def test_a_file_that_says_something_else_leads_nowhere(tmp_path: Path, text: str) -> None:
    (tmp_path / "dream.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"^dream"):
        current(tmp_path, "dream")
