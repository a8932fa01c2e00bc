# file: learning/modelschedule.py
"""Model schedule: which model is in force when."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tradingbot.core.errors import ConfigError
from tradingbot.core.stateful import Stateful
from tradingbot.learning.features.featureset import FeatureSet
from tradingbot.learning.features.featurestream import FeatureStream, feature_code_hash, features_with_volatility
from tradingbot.learning.models.artefact import Artefact, Manifest
from tradingbot.learning.models.predictor import Predictor


@dataclass(frozen=True, slots=True)
class ModelTerm:
    """A model, its hash, and its time: `start` is in it, `end` is not (UTC ns, None for no bound)."""

    artefact: Artefact
    sha256: str
    start: int | None = None
    end: int | None = None


class ModelSchedule(Stateful):
    """The models of a run; all of them look at the same features.

    Raises ConfigError when there is none, two of them differ in recipe or data's shape, two are in force at once, or
    the code that makes their features is no longer the one they were trained with.
    """

    state_names = ("_place",)

    def __init__(self, terms: Sequence[ModelTerm]) -> None:
        if not terms:
            raise ConfigError("models were none, allowed is one or more where a strategy needs one")
        self.first = terms[0].artefact.manifest
        self._features = features_with_volatility(self.first.features, self.first.recipe.barriers.bars)
        self._spans = [(term.start or 0, term.end or 2**63 - 1) for term in _in_order(terms)]
        self.predictors = [Predictor(term.artefact, term.sha256) for term in _in_order(terms)]
        self._place = 0
        code = feature_code_hash(self.first.features, self.first.recipe.barriers.bars)
        for term in terms:
            _check_alike(term, self.first)
        for term in terms:
            _check_code(term, code)

    def features(self, price_digits: int, size_digits: int) -> FeatureSet:
        """Return a fresh set of the features the models look at, followed by the volatility their barriers need."""
        return FeatureSet(self._features, price_digits, size_digits)

    def stream(self, price_digits: int, size_digits: int, step_ns: int) -> FeatureStream:
        """Return a fresh feature stream of one instrument."""
        return FeatureStream(self.features(price_digits, size_digits), step_ns)

    def at(self, ts: int) -> Predictor | None:
        """Return the predictor in force; called in ascending order of time. None outside every term."""
        while self._place < len(self._spans) and ts >= self._spans[self._place][1]:
            self._place += 1
        if self._place == len(self._spans) or ts < self._spans[self._place][0]:
            return None
        return self.predictors[self._place]


def _in_order(terms: Sequence[ModelTerm]) -> list[ModelTerm]:
    for term in terms:
        if term.end is not None and term.end <= (term.start or 0):
            raise ConfigError(
                f"models: a term ended at {term.end} and began at {term.start or 0}, allowed is an end that is later"
            )
    ordered = sorted(terms, key=lambda term: term.start or 0)
    for before, after in itertools.pairwise(ordered):
        if before.end is None or before.end > (after.start or 0):
            raise ConfigError("models: two are in force at once, allowed is one at any time")
    return ordered


def _check_alike(term: ModelTerm, first: Manifest) -> None:
    manifest = term.artefact.manifest
    if (manifest.features, manifest.recipe) != (first.features, first.recipe):
        raise ConfigError(f"models: {term.sha256[:16]} was trained by another recipe than the first")


def _check_code(term: ModelTerm, code: str) -> None:
    trained = term.artefact.manifest.feature_code_sha256
    if code != trained:
        raise ConfigError(
            f"the model {term.sha256[:16]} was trained with feature code {trained[:16]}, this program's is {code[:16]};"
            " train it again"
        )
