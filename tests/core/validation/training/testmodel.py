# file: tests/core/validation/training/testmodel.py
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tradingbot.core.config.recipe import ModelRecipe
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.validation.training.model import check_current, model_parts, models_root
from tradingbot.learning.artefact import save
from tradingbot.learning.current import make_current

if TYPE_CHECKING:
    from tests.core.validation.training.conftest import Term


@pytest.fixture
def learned(term: Term, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A home in which the term's model is the pupil's; and what it was trained by."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    manifest = term.final.artefact.manifest
    make_current(models_root(), "pupil", save(term.final.artefact, models_root()).name)
    hashes = {"data": manifest.learned.data_sha256, "program": manifest.learned.program_sha256}
    return {"candidate": "pupil", "recipe": manifest.recipe, "hashes": hashes, "seed": manifest.seed}


def test_the_parts_are_the_model_and_the_code_of_its_features(term: Term, learned: dict[str, Any]) -> None:
    del learned
    manifest = term.final.artefact.manifest
    folder = save(term.final.artefact, models_root())
    assert model_parts("pupil") == {"model": folder.name, "features": manifest.feature_code_sha256}


def test_what_is_as_it_was_trained_is_given_back_as_it_was_trained(learned: dict[str, Any]) -> None:
    assert check_current(**learned) == learned["recipe"]


def test_another_number_of_trials_is_no_other_recipe_since_training_may_be_told_one(learned: dict[str, Any]) -> None:
    recipe: ModelRecipe = learned["recipe"]
    fewer = recipe.model_copy(update={"search": recipe.search.model_copy(update={"trials": 0})})
    assert check_current(**learned | {"recipe": fewer}).search.trials == 2


@pytest.mark.parametrize("name", ["recipe", "seed", "data", "program"])
def test_what_changed_since_is_named(learned: dict[str, Any], name: str) -> None:
    other = {
        "recipe": {"recipe": learned["recipe"].model_copy(update={"every": 3})},
        "seed": {"seed": 99},
        "data": {"hashes": learned["hashes"] | {"data": "other"}},
        "program": {"hashes": learned["hashes"] | {"program": "other"}},
    }
    with pytest.raises(PolicyRefused, match=rf"^pupil: {name} changed since its model was trained; train it again$"):
        check_current(**learned | other[name])


def test_all_that_changed_is_named_at_once(learned: dict[str, Any]) -> None:
    with pytest.raises(PolicyRefused, match=r"^pupil: seed, data changed since"):
        check_current(**learned | {"seed": 99, "hashes": learned["hashes"] | {"data": "other"}})


def test_a_candidate_without_a_model_is_told_how_to_get_one(learned: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"other has no trained model in .*; `tradingbot train CONFIG` makes one"):
        check_current(**learned | {"candidate": "other"})


def test_a_model_whose_files_changed_is_refused(learned: dict[str, Any], term: Term) -> None:
    file = save(term.final.artefact, models_root()) / "manifest.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"weak"', '"Weak"'), encoding="utf-8")
    with pytest.raises(BadInput, match=r"what is in it has the hash"):
        check_current(**learned)
    with pytest.raises(BadInput, match=r"what is in it has the hash"):
        model_parts("pupil")
