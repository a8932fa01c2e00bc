# file: tests/learning/models/testartefact.py
from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.modelfixture import Studio, recipe
from tradingbot.core.config.load import build
from tradingbot.core.errors import BadInput, ConfigError, RunFailed
from tradingbot.learning.models.artefact import Artefact, Manifest, load, save, sha256_of


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, model: Artefact) -> Path:
    return save(model, tmp_path_factory.mktemp("shelf"))


def copied(folder: Path, root: Path) -> Path:
    shutil.rmtree(root / folder.name, ignore_errors=True)
    return Path(shutil.copytree(folder, root / folder.name))


def test_what_is_saved_is_taken_back_to_the_bit(model: Artefact, shelf: Path) -> None:
    again = load(shelf)
    assert again.manifest == model.manifest
    assert again.portable.probabilities(model.probe).tobytes() == model.portable.probabilities(model.probe).tobytes()
    assert (again.probe.tobytes(), again.expected.tobytes()) == (model.probe.tobytes(), model.expected.tobytes())
    assert sha256_of(again) == sha256_of(model) == shelf.name


def test_the_same_model_has_one_folder_and_nothing_is_left_beside_it(model: Artefact, shelf: Path) -> None:
    assert save(model, shelf.parent) == shelf
    assert list(shelf.parent.iterdir()) == [shelf]
    assert sorted(path.name for path in shelf.iterdir()) == ["arrays.npz", "manifest.json"]


def test_training_twice_makes_the_same_artefact(tmp_path: Path, model: Artefact) -> None:
    studio = Studio(tmp_path)
    studio.walk()
    assert sha256_of(studio.taught(recipe())) == sha256_of(model)
    assert sha256_of(studio.taught(recipe(), seed=8)) != sha256_of(model)


def test_a_write_that_breaks_off_leaves_nothing(
    model: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(np, "savez", Mock(side_effect=OSError("no space left")))
    with pytest.raises(OSError, match="no space left"):
        save(model, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("name", ["manifest.json", "arrays.npz"])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_changed_bit_is_refused_or_changes_nothing_that_is_read(
    tmp_path_factory: pytest.TempPathFactory, model: Artefact, shelf: Path, name: str, place: float, bit: int
) -> None:
    folder = copied(shelf, tmp_path_factory.getbasetemp())
    data = bytearray((folder / name).read_bytes())
    data[int(place * len(data))] ^= 1 << bit
    (folder / name).write_bytes(data)
    try:
        found = load(folder)
    except BadInput as error:
        assert str(error).startswith(f"models.path was {folder}: ")  # noqa: PT017 - either may happen
    else:
        assert sha256_of(found) == sha256_of(model)


def test_a_changed_number_of_the_arrays_is_told_by_its_hash(tmp_path: Path, model: Artefact, shelf: Path) -> None:
    changed = model.probe.copy()
    changed[0, 0] = np.nextafter(changed[0, 0], 9)
    other = save(replace(model, probe=changed), tmp_path)
    assert other.name != shelf.name
    folder = copied(shelf, tmp_path)
    shutil.copy(other / "arrays.npz", folder)
    with pytest.raises(BadInput, match=rf"what is in it has the hash {other.name[:16]}, allowed is that of its name$"):
        load(folder)


@pytest.mark.parametrize("name", ["manifest.json", "arrays.npz"])
def test_a_folder_or_file_that_is_absent_or_cut_off_is_refused(tmp_path: Path, shelf: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"it holds no trained model \(FileNotFoundError\)$"):
        load(tmp_path / "nowhere")
    folder = copied(shelf, tmp_path)
    data = (folder / name).read_bytes()
    for length in (0, 10, len(data) // 2, len(data) - 1):
        (folder / name).write_bytes(data[:length])
        with pytest.raises(BadInput, match=r"^models\.path was "):
            load(folder)


def test_a_model_of_another_format_or_whose_arrays_say_other_than_what_was_fitted_is_refused(
    tmp_path: Path, model: Artefact
) -> None:
    folder = save(replace(model, expected=model.expected + 1e-6), tmp_path)
    with pytest.raises(RunFailed, match=rf"^the model {folder.name[:16]}: probability in row 0 was "):
        load(folder)
    odd = model.manifest.model_copy(update={"format": 2})
    with pytest.raises(ConfigError, match=r"manifest\.json: format was 2"):
        load(save(replace(model, manifest=odd), tmp_path))


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
