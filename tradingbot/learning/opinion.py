# file: learning/opinion.py
"""Turn a row of features into what one model thinks of it, or into nothing where it is not sure enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradingbot.core.market.arrays import Floats
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.learning.models.conformal import Conformal
from tradingbot.learning.models.strength import Thresholds

if TYPE_CHECKING:
    from tradingbot.learning.schedule import Term

__all__ = ["Opinion"]


class Opinion:
    """One model in force.

    It abstains where its conformal set does not hold exactly one class, and below its weakest threshold.
    """

    def __init__(self, term: Term) -> None:
        manifest = term.artefact.manifest
        self.sha256 = term.sha256
        self.conformal = Conformal(manifest.recipe.miss, *manifest.misses)
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
