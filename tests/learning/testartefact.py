# file: tests/learning/testartefact.py
from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.studio import Studio, recipe
from tradingbot.core.errors import BadInput, ConfigError, RunFailed
from tradingbot.learning.artefact import Artefact, load, save, sha256_of


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Artefact:
    studio = Studio(tmp_path_factory.mktemp("artefact"))
    studio.walk()
    return studio.taught(recipe())


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
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full)
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


def test_a_folder_that_is_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"it holds no trained model \(FileNotFoundError\)$"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["manifest.json", "arrays.npz"])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, shelf: Path, name: str) -> None:
    folder = copied(shelf, tmp_path)
    data = (folder / name).read_bytes()
    for length in (0, 10, len(data) // 2, len(data) - 1):
        (folder / name).write_bytes(data[:length])
        with pytest.raises(BadInput, match=r"^models\.path was "):
            load(folder)


def test_a_model_whose_arrays_say_other_than_what_was_fitted_is_refused(tmp_path: Path, model: Artefact) -> None:
    folder = save(replace(model, expected=model.expected + 1e-6), tmp_path)
    with pytest.raises(RunFailed, match=rf"^the model {folder.name[:16]}: probability in row 0 was "):
        load(folder)


def test_a_manifest_of_another_format_is_refused_by_name(tmp_path: Path, model: Artefact) -> None:
    odd = model.manifest.model_copy(update={"format": 2})
    with pytest.raises(ConfigError, match=r"manifest\.json: format was 2"):
        load(save(replace(model, manifest=odd), tmp_path))
