# file: learning/manifest.py
"""What a trained model is made of, in words: the file `manifest.json` beside its arrays."""

from __future__ import annotations

from typing import Literal

from tradingbot.core.config.load import Section
from tradingbot.core.config.recipe import ModelRecipe

__all__ = ["Learned", "Manifest", "Stored"]


class Stored(Section):
    """The rows of one instrument in the feature store: the table's version, how many, their SHA-256."""

    version: int
    rows: int
    sha256: str


class Learned(Section):
    """What was learned from: UTC nanoseconds, rows, what the feature store held by instrument, and the hashes of the
    market data and of the program."""

    start: int
    end: int
    rows: int
    stored: dict[str, Stored]
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
    learned: Learned
