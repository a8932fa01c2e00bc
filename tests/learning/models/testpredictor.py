# file: tests/learning/models/testpredictor.py
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.modelfixture import heeding
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.learning.models.artefact import Artefact
from tradingbot.learning.models.predictor import Predictor


def predictor(model: Artefact, ruled_out: float = 0.5, **limits: Any) -> Predictor:
    bare = heeding(model, 0.55, ruled_out)
    limits = {"normal": 0.7, "strong": 0.9} | limits
    return Predictor(replace(bare, manifest=bare.manifest.model_copy(update=limits)), "sha")


def test_it_answers_with_the_model_s_own_probability(model: Artefact) -> None:
    asked = predictor(model)
    expected = model.portable.probabilities(model.probe)
    assert [asked.probability(row) for row in model.probe] == expected.tolist()
    assert np.unique(expected).size > 10


@pytest.mark.parametrize(
    ("probability", "side", "strength"),
    [
        (0.50, None, None),
        (0.549, None, None),
        (0.55, Side.LONG, Strength.WEAK),
        (0.70, Side.LONG, Strength.NORMAL),
        (0.95, Side.LONG, Strength.STRONG),
        (0.44, Side.SHORT, Strength.WEAK),
        (0.25, Side.SHORT, Strength.NORMAL),
        (0.02, Side.SHORT, Strength.STRONG),
        (float("nan"), None, None),
    ],
)
def test_how_sure_it_is_of_a_side_is_told_by_the_thresholds(
    model: Artefact, probability: float, side: Side | None, strength: Strength | None
) -> None:
    assert predictor(model).side(probability) == (side, strength)
    assert predictor(model).pays(probability) == (strength if side is Side.LONG else None)


@pytest.mark.parametrize("ruled_out", [1.0, -1.0], ids=["both classes are possible", "none is"])
def test_where_the_conformal_set_is_not_one_class_it_abstains(model: Artefact, ruled_out: float) -> None:
    assert predictor(model, ruled_out).side(0.95) == (None, None)
    assert predictor(model, ruled_out).pays(0.95) is None


def test_where_nothing_ever_paid_it_always_abstains(model: Artefact) -> None:
    never = predictor(model, weak=None, normal=None, strong=None)
    assert never.least is None
    assert [never.side(p) for p in (0.0, 0.5, 1.0)] == [(None, None)] * 3


@given(probability=st.floats(0, 1), ruled_out=st.floats(-0.1, 1.1))
def test_a_side_is_taken_only_where_the_set_holds_that_class_alone(
    model: Artefact, probability: float, ruled_out: float
) -> None:
    asked = predictor(model, ruled_out)
    side, strength = asked.side(probability)
    assert (side is None) is (strength is None)
    if side is not None:
        assert probability >= 0.55 if side is Side.LONG else probability <= 0.45
        assert asked.conformal.set(probability) in (1, -1)
