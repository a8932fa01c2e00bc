# file: learning/models/predictor.py
"""Predictor: the probability, side and strength that one trained model predicts for a row, or its abstention."""

from __future__ import annotations

from tradingbot.core.arrays import Floats
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.learning.models.abstention import Conformal, Thresholds
from tradingbot.learning.models.artefact import Artefact


class Predictor:
    """One model in force, by its artefact and hash.

    It abstains where its conformal set does not hold exactly one class, and below its weakest threshold.
    """

    def __init__(self, artefact: Artefact, sha256: str) -> None:
        manifest = artefact.manifest
        self.sha256 = sha256
        self.conformal = Conformal(manifest.recipe.alpha, *manifest.misses)
        self.least = manifest.weak
        self._portable = artefact.portable
        self._thresholds = Thresholds(manifest.weak, manifest.normal, manifest.strong)

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
