# file: learning/modelschedule.py
"""Model schedule: which model is in force when, and what it predicts for a row of features."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import ConfigError
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.learning.features.featureset import FeatureSet
from tradingbot.learning.features.featurestream import FeatureStream, feature_code_hash, features_with_volatility
from tradingbot.learning.models.abstention import Conformal, Thresholds
from tradingbot.learning.models.artefact import Artefact, Manifest


class Predictor:
    """One model in force.

    It abstains where its conformal set does not hold exactly one class, and below its weakest threshold.
    """

    def __init__(self, term: ModelTerm) -> None:
        manifest = term.artefact.manifest
        self.sha256 = term.sha256
        self.conformal = Conformal(manifest.recipe.alpha, *manifest.misses)
        self._portable = term.artefact.portable
        self._thresholds = Thresholds(manifest.weak, manifest.normal, manifest.strong)
        self.least = manifest.weak

    def probability(self, row: Floats) -> float:
        """Return the calibrated probability of a rise, or of a profit [k] -> []."""
        return self._portable.probability(row)

    def side(self, probability: float) -> tuple[Side | None, Strength | None]:
        """Return the side that is expected to pay and how sure that is; None and None where it abstains."""
        strength = self._thresholds.strength(probability)
        if strength is None or self.conformal.set(probability) not in (1, -1):
            return None, None
        return (Side.LONG if probability >= 0.5 else Side.SHORT), strength

    def pays(self, probability: float) -> Strength | None:
        """Return how sure it is that an entry pays; None where it is not expected to, or the model abstains."""
        side, strength = self.side(probability)
        return strength if side is Side.LONG else None


@dataclass(frozen=True, slots=True)
class ModelTerm:
    """A model, its hash, and its time: `start` is in it, `end` is not (UTC ns, None for no bound)."""

    artefact: Artefact
    sha256: str
    start: int | None = None
    end: int | None = None


class ModelSchedule:
    """The models of a run; all of them look at the same features.

    Raises ConfigError when there is none, two of them differ in recipe or data's shape, two are in force at once, or
    the code that makes their features is no longer the one they were trained with.
    """

    def __init__(self, terms: Sequence[ModelTerm]) -> None:
        if not terms:
            raise ConfigError("models were none, allowed is one or more where a strategy needs one")
        self.first = terms[0].artefact.manifest
        self._opinions = [(term.start or 0, term.end or 2**63 - 1, Predictor(term)) for term in _in_order(terms)]
        self._place = 0
        for term in terms:
            _check_alike(term, self.first)
        made = feature_code_hash(self.first.features, self.first.recipe.barriers.bars)
        for term in terms:
            _check_code(term, made)

    def features(self, price_digits: int, size_digits: int) -> FeatureSet:
        """Return a fresh set of the features the models look at, followed by the volatility their barriers need."""
        return FeatureSet(
            features_with_volatility(self.first.features, self.first.recipe.barriers.bars), price_digits, size_digits
        )

    def watch(self, price_digits: int, size_digits: int, step_ns: int) -> FeatureStream:
        """Return a fresh watch of one instrument."""
        return FeatureStream(self.features(price_digits, size_digits), step_ns)

    def at(self, ts: int) -> Predictor | None:
        """Return the opinion in force; asked in ascending order of time. None outside every term."""
        while self._place < len(self._opinions) and ts >= self._opinions[self._place][1]:
            self._place += 1
        if self._place == len(self._opinions) or ts < self._opinions[self._place][0]:
            return None
        return self._opinions[self._place][2]

    @property
    def opinions(self) -> list[Predictor]:
        """Every opinion, in order of time."""
        return [opinion for _, _, opinion in self._opinions]


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


def _check_code(term: ModelTerm, made: str) -> None:
    trained = term.artefact.manifest.feature_code_sha256
    if made != trained:
        raise ConfigError(
            f"the model {term.sha256[:16]} was trained with feature code {trained[:16]}, this program's is {made[:16]};"
            " train it again"
        )
