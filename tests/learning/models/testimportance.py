# file: tests/learning/models/testimportance.py
from __future__ import annotations

import numpy as np
import pytest

from tests.learning.models.planted import HOUR, LIGHT, LINEAR, noise, planted
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.fitting import fit_of
from tradingbot.learning.models.importance import permutation_importance
from tradingbot.learning.models.member import Source
from tradingbot.learning.models.samples import Labels


def test_the_features_that_were_planted_are_found_and_no_others() -> None:
    rows = planted(2500, 1)
    found = permutation_importance(fit_of(LIGHT, 0), rows, 4, HOUR, 2, seed=2)
    rises = np.array([feature.rise for feature in found])
    assert set(np.argsort(rises)[-2:].tolist()) == {1, 2}
    assert rises[[1, 2]].min() > 0.05
    assert np.abs(rises[[0, 3, 4, 5]]).max() < 0.02
    assert all(found[place].rise > 5 * found[place].error for place in (1, 2))


def test_nothing_is_important_to_a_line_that_learns_nothing() -> None:
    found = permutation_importance(fit_of(LINEAR, 0), noise(1500, 3), 4, HOUR, 2, seed=4)
    assert max(abs(feature.rise) for feature in found) < 0.01


def test_the_same_seed_mixes_in_the_same_way() -> None:
    rows = planted(600, 5)
    once, again, other = (permutation_importance(fit_of(LINEAR, 0), rows, 3, 0, 1, seed) for seed in (6, 6, 7))
    assert once == again
    assert once != other


def test_of_many_rows_no_more_than_2000_a_fold_are_asked() -> None:
    asked: list[int] = []

    def fit(x: Floats, y: Labels, weight: Floats) -> Source:
        def source(rows: Floats) -> Floats:
            asked.append(len(rows))
            return np.full(len(rows), 0.5)

        return source

    permutation_importance(fit, noise(9000, 9), 3, 0, 1, seed=1)
    assert set(asked) == {1500}


def test_no_repeat_is_refused() -> None:
    with pytest.raises(BadInput, match="repeats was 0, allowed is 1"):
        permutation_importance(fit_of(LINEAR, 0), noise(100, 8), 3, 0, 0, seed=1)
