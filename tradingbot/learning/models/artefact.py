# file: learning/models/artefact.py
"""Model artefact: a trained model in a folder named by its hash, and its manifest."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import struct
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.config.load import Section, build
from tradingbot.core.errors import BadInput
from tradingbot.learning.drift.baseline import Reference
from tradingbot.learning.models.portable.portable import Portable, check_parity


class StoredFeatures(Section):
    """The rows of one instrument in the feature store: the table's version, how many, their SHA-256."""

    version: int
    rows: int
    sha256: str


class DataProvenance(Section):
    """What was learned from: UTC nanoseconds, rows, what the feature store held by instrument, and the hashes of the
    market data and of the program."""

    start: int
    end: int
    rows: int
    stored: dict[str, StoredFeatures]
    data_sha256: str
    program_sha256: str


class Manifest(Section):
    """The whole file.

    `features` are the names of the columns in order, `feature_code_sha256` the code that makes them. `weak`, `normal`
    and `strong` are the least probabilities of the side taken, None for never; `misses` are the conformal quantiles of
    (not up, up). A `meta` model has one more column, the last: the side of the strategy's entry.
    """

    format: Literal[1] = 1
    candidate: str
    lane: str
    bar: str
    instruments: tuple[str, ...]
    recipe: ModelRecipe
    seed: int
    features: tuple[str, ...]
    feature_code_sha256: str
    weak: float | None
    normal: float | None
    strong: float | None
    misses: tuple[float, float]
    learned: DataProvenance


type Arrays = Mapping[str, npt.NDArray[Any]]

_MANIFEST, _ARRAYS = "manifest.json", "arrays.npz"
_DAMAGED = (
    OSError, ValueError, EOFError, LookupError, RuntimeError, TypeError, SyntaxError, ArithmeticError, MemoryError,
    BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What reading a file raises in which anything may stand."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A model ready to trade: its words, its arrays, what its market looked like, and rows to check it by.

    `probe` are rows of features [r, k], `expected` [r] what the fitted model predicted for them.
    """

    manifest: Manifest
    portable: Portable
    reference: Reference
    probe: Floats
    expected: Floats


def sha256_of(artefact: Artefact) -> str:
    """Return the hash of everything in it (hex)."""
    return _digest(_text(artefact.manifest), _arrays(artefact))


def save(artefact: Artefact, root: Path) -> Path:
    """Write the artefact into the folder of its hash below `root`, whole or not at all, and return the folder."""
    text, arrays = _text(artefact.manifest), _arrays(artefact)
    place = root / _digest(text, arrays)
    if place.is_dir():
        return place
    root.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=root))
    try:
        (part / _MANIFEST).write_text(text, encoding="utf-8")
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **dict(arrays))
        (part / _ARRAYS).write_bytes(buffer.getvalue())
        part.chmod(0o755)
        _settle(part, place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return place


def load(folder: Path) -> Artefact:
    """Read an artefact, and prove that it is what was trained.

    Raises BadInput when the folder is not there, is no artefact, or what is in it has another hash than its name;
    RunFailed when the exported arrays do not predict what the fitted model did.
    """
    try:
        text = (folder / _MANIFEST).read_text(encoding="utf-8")
        with np.load(io.BytesIO((folder / _ARRAYS).read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        values = json.loads(text)
    except _DAMAGED as error:
        raise BadInput(f"models.path was {folder}: it holds no trained model ({type(error).__name__})") from None
    found = _digest(text, arrays)
    if found != folder.resolve().name:
        raise BadInput(
            f"models.path was {folder}: what is in it has the hash {found[:16]}, allowed is that of its name"
        )
    artefact = Artefact(
        build(Manifest, values, str(folder / _MANIFEST)),
        Portable.of(_within("model", arrays)),
        Reference.of(_within("drift", arrays)),
        arrays["probe"],
        arrays["expected"],
    )
    check_parity(artefact.portable, artefact.probe, artefact.expected, f"the model {folder.name[:16]}")
    return artefact


def _arrays(artefact: Artefact) -> dict[str, npt.NDArray[Any]]:
    named = {f"model/{name}": array for name, array in artefact.portable.arrays().items()}
    named |= {f"drift/{name}": array for name, array in artefact.reference.arrays().items()}
    return named | {"probe": artefact.probe, "expected": artefact.expected}


def _within(room: str, arrays: Arrays) -> dict[str, npt.NDArray[Any]]:
    return {name.removeprefix(f"{room}/"): array for name, array in arrays.items() if name.startswith(f"{room}/")}


def _text(manifest: Manifest) -> str:
    return json.dumps(manifest.model_dump(mode="json"), indent=1, sort_keys=True) + "\n"


def _digest(text: str, arrays: Arrays) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"\0{name} {array.dtype.str} {array.shape}\0".encode() + array.tobytes())
    return digest.hexdigest()


def _settle(part: Path, place: Path) -> None:
    """Put the folder in its place; one of the same name, put there meanwhile, holds the same."""
    try:
        part.rename(place)
    except OSError:
        if not place.is_dir():
            raise
