# file: tests/learning/models/teststrength.py
from __future__ import annotations

import math

import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.messages.intent import Strength
from tradingbot.learning.models.strength import NEVER, Thresholds

ALL = Thresholds(0.55, 0.6, 0.7)


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.5, None),
        (0.549, None),
        (0.55, Strength.WEAK),
        (0.62, Strength.NORMAL),
        (0.7, Strength.STRONG),
        (0.3, Strength.STRONG),
        (0.39, Strength.NORMAL),
        (0.44, Strength.WEAK),
        (math.nan, None),
    ],
)
def test_the_surer_either_way_the_stronger(p: float, expected: Strength | None) -> None:
    assert ALL.strength(p) is expected


def test_never_is_never() -> None:
    assert [NEVER.strength(p) for p in (0.0, 0.5, 1.0)] == [None] * 3


def test_what_has_no_stronger_stays_weak() -> None:
    assert Thresholds(0.6, None, None).strength(0.99) is Strength.WEAK


@pytest.mark.parametrize("values", [(0.7, 0.6, None), (None, 0.6, None), (0.5, None, 0.7), (0.5, 0.8, 0.7)])
def test_an_order_that_makes_no_sense_is_refused(values: tuple[float | None, float | None, float | None]) -> None:
    with pytest.raises(BadInput, match="allowed is rising"):
        Thresholds(*values)
