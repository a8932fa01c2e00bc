# file: tests/learning/labels/testmeta.py
from __future__ import annotations

import numpy as np

from tradingbot.learning.labels.meta import meta


def test_only_what_pays_after_costs_is_a_win() -> None:
    assert meta(np.array([0.01, 0.0, -0.01])).tolist() == [1, 0, 0]
