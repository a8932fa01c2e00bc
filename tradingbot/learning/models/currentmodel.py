# file: learning/models/currentmodel.py
"""Current model: which artefact a candidate has, and whether it still is what would be trained."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.config.home import home
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.storage.atomicfile import write_atomic
from tradingbot.learning.models.artefact import load

_SHA256 = re.compile(r"[0-9a-f]{64}")


def make_current(root: Path, candidate: str, sha256: str) -> Path:
    """Let the artefact of hash `sha256` below `root` be the candidate's model; return the file that names it."""
    return write_atomic(_file(root, candidate), json.dumps({"candidate": candidate, "model": sha256}) + "\n")


def current(root: Path, candidate: str) -> Path:
    """Return the folder of the candidate's model.

    Raises BadInput when it has none.
    """
    try:
        found = str(json.loads(_file(root, candidate).read_text(encoding="utf-8"))["model"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{candidate} has no trained model in {root}; `tradingbot train CONFIG` makes one") from None
    if not _SHA256.fullmatch(found) or not (root / found).is_dir():
        raise BadInput(f"{candidate}: its model {found[:16]} is not in {root}; train it again")
    return root / found


def _file(root: Path, candidate: str) -> Path:
    return root / f"{candidate}.json"


MODELS = "state/models"
"""The folder of every trained model, below the home."""


def models_root() -> Path:
    """Return the folder that holds every trained model."""
    return home() / MODELS


def model_parts(candidate: str) -> dict[str, str]:
    """Return the SHA-256 of a candidate's model and of the code that makes its features; errors as in `current`."""
    folder = current(models_root(), candidate)
    return {"model": folder.name, "features": load(folder).manifest.feature_code_sha256}


def check_current(candidate: str, recipe: ModelRecipe, hashes: Mapping[str, str], seed: int) -> ModelRecipe:
    """Return the recipe a candidate's model was trained by, with the trials its search had.

    Raises BadInput when the candidate has no model; PolicyRefused when recipe, seed, data or program changed since it
    was trained.
    """
    manifest = load(current(models_root(), candidate)).manifest
    wanted = recipe.model_copy(update={"search": recipe.search.model_copy(update=_trials(manifest.recipe))})
    was = {
        "recipe": manifest.recipe,
        "seed": manifest.seed,
        "data": manifest.learned.data_sha256,
        "program": manifest.learned.program_sha256,
    }
    now = {"recipe": wanted, "seed": seed, "data": hashes["data"], "program": hashes["program"]}
    if changed := [name for name in was if was[name] != now[name]]:
        raise PolicyRefused(f"{candidate}: {', '.join(changed)} changed since its model was trained; train it again")
    return manifest.recipe


def _trials(recipe: ModelRecipe) -> dict[str, int]:
    return {"trials": recipe.search.trials}
