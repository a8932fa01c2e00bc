# file: tests/learning/drift/testholm.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.learning.drift.holm import holm


@pytest.mark.parametrize(
    ("p", "rejected"),
    [
        ([0.01, 0.04, 0.03, 0.005], [True, False, False, True]),
        ([0.013, 0.016, 0.02, 0.04], [False] * 4),
        ([0.04], [True]),
        ([np.nan, 0.04, np.nan], [False, True, False]),
        ([np.nan], [False]),
        ([], []),
    ],
)
def test_the_smallest_must_pass_for_all_the_next_for_one_less(p: list[float], rejected: list[bool]) -> None:
    assert holm(np.array(p), 0.05).tolist() == rejected
