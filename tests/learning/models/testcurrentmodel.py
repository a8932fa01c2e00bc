# file: tests/learning/models/testcurrentmodel.py
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.learning.models.artefact import save
from tradingbot.learning.models.currentmodel import check_current, current, make_current, model_parts, models_root

if TYPE_CHECKING:
    from tests.trainedhome import Trained

SHA = "ab" * 32


def test_the_model_made_current_is_the_current_one_until_the_next_is(tmp_path: Path) -> None:
    for sha256 in (SHA, "cd" * 32):
        (tmp_path / sha256).mkdir()
        make_current(tmp_path, "dream", sha256)
        assert current(tmp_path, "dream") == tmp_path / sha256


def test_candidates_have_models_of_their_own_and_one_that_is_gone_is_named(tmp_path: Path) -> None:
    assert make_current(tmp_path, "dream", SHA) == tmp_path / "dream.json"
    with pytest.raises(BadInput, match=rf"^dream: its model {SHA[:16]} is not in .*; train it again$"):
        current(tmp_path, "dream")
    (tmp_path / SHA).mkdir()
    with pytest.raises(BadInput, match=r"^other has no trained model in .*; `tradingbot train CONFIG` makes one$"):
        current(tmp_path, "other")


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"model": null}', '{"model": "../../etc"}', '"model"'])
def test_a_file_that_says_something_else_leads_nowhere(tmp_path: Path, text: str) -> None:
    (tmp_path / "dream.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"^dream"):
        current(tmp_path, "dream")


@pytest.fixture
def learned(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A home in which the trained's model is the pupil's; and what it was trained by."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    manifest = trained.final.artefact.manifest
    make_current(models_root(), "pupil", save(trained.final.artefact, models_root()).name)
    hashes = {"data": manifest.learned.data_sha256, "program": manifest.learned.program_sha256}
    return {"candidate": "pupil", "recipe": manifest.recipe, "hashes": hashes, "seed": manifest.seed}


def test_a_model_is_current_as_it_was_trained_whatever_number_of_trials_training_was_given(
    trained: Trained, learned: dict[str, Any]
) -> None:
    artefact, recipe = trained.final.artefact, trained.final.artefact.manifest.recipe
    folder = save(artefact, models_root())
    assert model_parts("pupil") == {"model": folder.name, "features": artefact.manifest.feature_code_sha256}
    assert check_current(**learned) == recipe
    fewer = recipe.model_copy(update={"search": recipe.search.model_copy(update={"trials": 0})})
    assert check_current(**learned | {"recipe": fewer}).search.trials == 2


@pytest.mark.parametrize("names", ["recipe", "seed", "data", "program", "seed, data"])
def test_all_that_changed_since_is_named_at_once(learned: dict[str, Any], names: str) -> None:
    other = {
        "recipe": {"recipe": learned["recipe"].model_copy(update={"every": 3})},
        "seed": {"seed": 99},
        "data": {"hashes": learned["hashes"] | {"data": "other"}},
        "program": {"hashes": learned["hashes"] | {"program": "other"}},
    }
    for name in names.split(", "):
        learned |= other[name]
    with pytest.raises(PolicyRefused, match=rf"^pupil: {names} changed since its model was trained; train it again$"):
        check_current(**learned)


def test_a_candidate_without_a_model_is_told_how_to_get_one(learned: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"other has no trained model in .*; `tradingbot train CONFIG` makes one"):
        check_current(**learned | {"candidate": "other"})


def test_a_model_whose_files_changed_is_refused(learned: dict[str, Any], trained: Trained) -> None:
    file = save(trained.final.artefact, models_root()) / "manifest.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"weak"', '"Weak"'), encoding="utf-8")
    with pytest.raises(BadInput, match=r"what is in it has the hash"):
        check_current(**learned)
    with pytest.raises(BadInput, match=r"what is in it has the hash"):
        model_parts("pupil")
