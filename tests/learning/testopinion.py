# file: tests/learning/testopinion.py
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.studio import Studio, heeding, recipe
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.learning.artefact import Artefact
from tradingbot.learning.opinion import Opinion
from tradingbot.learning.schedule import Term


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Artefact:
    studio = Studio(tmp_path_factory.mktemp("opinion"))
    studio.walk()
    return studio.taught(recipe())


def opinion(model: Artefact, ruled_out: float = 0.5, **limits: Any) -> Opinion:
    bare = heeding(model, 0.55, ruled_out)
    limits = {"normal": 0.7, "strong": 0.9} | limits
    return Opinion(Term(replace(bare, manifest=bare.manifest.model_copy(update=limits)), "sha"))


def test_it_answers_with_the_model_s_own_probability(model: Artefact) -> None:
    asked = opinion(model)
    assert [asked.probability(row) for row in model.probe] == model.portable.probabilities(model.probe).tolist()
    assert np.unique(model.portable.probabilities(model.probe)).size > 10


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
    assert opinion(model).side(probability) == (side, strength)
    assert opinion(model).pays(probability) == (strength if side is Side.LONG else None)


@pytest.mark.parametrize(("ruled_out", "why"), [(1.0, "both classes are possible"), (-1.0, "none is")])
def test_where_the_conformal_set_is_not_one_class_it_abstains(model: Artefact, ruled_out: float, why: str) -> None:
    assert why
    assert opinion(model, ruled_out).side(0.95) == (None, None)
    assert opinion(model, ruled_out).pays(0.95) is None


def test_where_nothing_ever_paid_it_always_abstains(model: Artefact) -> None:
    never = opinion(model, weak=None, normal=None, strong=None)
    assert never.least is None
    assert [never.side(p) for p in (0.0, 0.5, 1.0)] == [(None, None)] * 3


@given(probability=st.floats(0, 1), ruled_out=st.floats(-0.1, 1.1))
def test_a_side_is_taken_only_where_the_set_holds_that_class_alone(
    model: Artefact, probability: float, ruled_out: float
) -> None:
    asked = opinion(model, ruled_out)
    side, strength = asked.side(probability)
    assert (side is None) is (strength is None)
    if side is Side.LONG:
        assert probability >= 0.55
        assert asked.conformal.set(probability) in (1, -1)
    if side is Side.SHORT:
        assert probability <= 0.45
        assert asked.conformal.set(probability) in (1, -1)
