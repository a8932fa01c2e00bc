# file: learning/schedule.py
"""Which model is in force when: one for good in a live node, one after the other in a walk forward."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tradingbot.core.errors import ConfigError
from tradingbot.learning.artefact import Artefact
from tradingbot.learning.features.featureset import FeatureSet
from tradingbot.learning.manifest import Manifest
from tradingbot.learning.opinion import Opinion
from tradingbot.learning.watch import Watch, code_of, watched

__all__ = ["Schedule", "Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """A model, its hash, and its time: `start` is in it, `end` is not (UTC ns, None for no bound)."""

    artefact: Artefact
    sha256: str
    start: int | None = None
    end: int | None = None


class Schedule:
    """The models of a run; all of them look at the same features.

    Raises
    ------
    ConfigError
        When there is none, two of them differ in recipe or data's shape, two are in force at once, or the code that
        makes their features is no longer the one they were trained with.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        if not terms:
            raise ConfigError("models were none, allowed is one or more where a strategy needs one")
        self.first = terms[0].artefact.manifest
        self._opinions = [(term.start or 0, term.end or 2**63 - 1, Opinion(term)) for term in _in_order(terms)]
        self._place = 0
        for term in terms:
            _check_alike(term, self.first)
        made = code_of(self.first.features, self.first.recipe.barriers.bars)
        for term in terms:
            _check_code(term, made)

    def features(self, price_digits: int, size_digits: int) -> FeatureSet:
        """Return a fresh set of the features the models look at, followed by the volatility their barriers need."""
        return FeatureSet(watched(self.first.features, self.first.recipe.barriers.bars), price_digits, size_digits)

    def watch(self, price_digits: int, size_digits: int, step_ns: int) -> Watch:
        """Return a fresh watch of one instrument."""
        return Watch(self.features(price_digits, size_digits), step_ns)

    def at(self, ts: int) -> Opinion | None:
        """Return the opinion in force; asked in ascending order of time. None outside every term."""
        while self._place < len(self._opinions) and ts >= self._opinions[self._place][1]:
            self._place += 1
        if self._place == len(self._opinions) or ts < self._opinions[self._place][0]:
            return None
        return self._opinions[self._place][2]

    @property
    def opinions(self) -> list[Opinion]:
        """Every opinion, in order of time."""
        return [opinion for _, _, opinion in self._opinions]


def _in_order(terms: Sequence[Term]) -> list[Term]:
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


def _check_alike(term: Term, first: Manifest) -> None:
    manifest = term.artefact.manifest
    if (manifest.features, manifest.recipe) != (first.features, first.recipe):
        raise ConfigError(f"models: {term.sha256[:16]} was trained by another recipe than the first")


def _check_code(term: Term, made: str) -> None:
    trained = term.artefact.manifest.feature_code_sha256
    if made != trained:
        raise ConfigError(
            f"the model {term.sha256[:16]} was trained with feature code {trained[:16]}, this program's is {made[:16]};"
            " train it again"
        )
