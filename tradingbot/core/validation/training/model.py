# file: core/validation/training/model.py
"""Know the model that a candidate was trained to, and whether it still is what would be trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.config.recipe import ModelRecipe
from tradingbot.core.errors import PolicyRefused
from tradingbot.learning.artefact import load
from tradingbot.learning.current import current

__all__ = ["MODELS", "check_current", "model_parts", "models_root"]

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

    Raises
    ------
    BadInput
        When the candidate has no model.
    PolicyRefused
        When recipe, seed, data or program changed since it was trained.
    """
    manifest = load(current(models_root(), candidate)).manifest
    asked = recipe.model_copy(update={"search": recipe.search.model_copy(update=_trials(manifest.recipe))})
    was = {
        "recipe": manifest.recipe,
        "seed": manifest.seed,
        "data": manifest.learned.data_sha256,
        "program": manifest.learned.program_sha256,
    }
    now = {"recipe": asked, "seed": seed, "data": hashes["data"], "program": hashes["program"]}
    if changed := [name for name in was if was[name] != now[name]]:
        raise PolicyRefused(f"{candidate}: {', '.join(changed)} changed since its model was trained; train it again")
    return manifest.recipe


def _trials(recipe: ModelRecipe) -> dict[str, int]:
    return {"trials": recipe.search.trials}
