# file: tests/learning/features/testmicrostructure.py
from __future__ import annotations

import numpy as np
import pytest

from tests.learning.features.featurefixture import closes, last


def test_a_price_that_bounces_over_a_spread_of_20_points_shows_it_to_roll() -> None:
    half = 10e-4
    bounces = np.random.default_rng(5).choice([-half, half], 4000)
    close = np.round(10_000 * np.exp(bounces), 2).tolist()
    assert last("roll 3000", closes(close)) == pytest.approx(20, rel=0.05)
