# file: tests/learning/testmodelschedule.py
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.modelfixture import FEATURES, Studio, heeding, recipe
from tradingbot.core.errors import ConfigError
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.learning.models.artefact import Artefact
from tradingbot.learning.modelschedule import ModelSchedule, ModelTerm, Predictor


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Artefact:
    studio = Studio(tmp_path_factory.mktemp("schedule"))
    studio.walk()
    return heeding(studio.taught(recipe()))


def named(model: Artefact, **fields: Any) -> Artefact:
    return replace(model, manifest=model.manifest.model_copy(update=fields))


def force(schedule: ModelSchedule, ts: int) -> str | None:
    opinion = schedule.at(ts)
    return None if opinion is None else opinion.sha256


def test_one_model_without_bounds_is_always_in_force(model: Artefact) -> None:
    schedule = ModelSchedule([ModelTerm(model, "a")])
    assert [force(schedule, ts) for ts in (0, 1, 2**62)] == ["a", "a", "a"]


def test_a_term_holds_its_start_but_not_its_end(model: Artefact) -> None:
    schedule = ModelSchedule([ModelTerm(model, "b", 30, 40), ModelTerm(model, "a", 10, 20), ModelTerm(model, "c", 40)])
    assert [force(schedule, ts) for ts in (9, 10, 19, 20, 29, 30, 39, 40, 99)] == [
        None, "a", "a", None, None, "b", "b", "c", "c",
    ]  # fmt: skip
    assert [opinion.sha256 for opinion in schedule.opinions] == ["a", "b", "c"]
    assert schedule.first is model.manifest


@given(
    bounds=st.lists(st.integers(1, 60), min_size=2, max_size=8, unique=True).map(sorted),
    asked=st.lists(st.integers(0, 70), max_size=30).map(sorted),
)
def test_whenever_it_is_asked_the_model_is_that_whose_term_holds_the_time(
    model: Artefact, bounds: list[int], asked: list[int]
) -> None:
    terms = [ModelTerm(model, str(start), start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=False)]
    schedule = ModelSchedule(terms[::-1])
    for ts in asked:
        found = [term.sha256 for term in terms if (term.start or 0) <= ts < (term.end or 0)]
        assert force(schedule, ts) == (found[0] if found else None)


def test_without_a_model_there_is_no_schedule() -> None:
    with pytest.raises(ConfigError, match=r"^models were none, allowed is one or more where a strategy needs one$"):
        ModelSchedule([])


@pytest.mark.parametrize(
    "bounds", [((0, 20), (19, 30)), ((0, None), (50, None)), ((10, 20), (None, 11)), ((5, 9), (5, 9))]
)
def test_two_models_in_force_at_once_are_an_error(
    model: Artefact, bounds: tuple[tuple[int | None, int | None], ...]
) -> None:
    with pytest.raises(ConfigError, match=r"^models: two are in force at once, allowed is one at any time$"):
        ModelSchedule([ModelTerm(model, str(number), *span) for number, span in enumerate(bounds)])


def test_a_term_that_ends_before_it_begins_is_an_error(model: Artefact) -> None:
    with pytest.raises(
        ConfigError, match=r"^models: a term ended at 10 and began at 10, allowed is an end that is later"
    ):
        ModelSchedule([ModelTerm(model, "a", 10, 10)])


def test_models_of_other_features_or_recipes_are_an_error(model: Artefact) -> None:
    other = named(model, recipe=model.manifest.recipe.model_copy(update={"every": 2}))
    fewer = named(model, features=FEATURES[:-1])
    for stranger in (other, fewer):
        with pytest.raises(ConfigError, match=r"^models: bbbb was trained by another recipe than the first$"):
            ModelSchedule([ModelTerm(model, "aaaa", 0, 1), ModelTerm(stranger, "bbbb", 1)])


def test_changed_feature_code_is_an_error_even_of_a_later_model(model: Artefact) -> None:
    changed = named(model, feature_code_sha256="f" * 64)
    ours = model.manifest.feature_code_sha256[:16]
    for terms in ([ModelTerm(changed, "aaaa")], [ModelTerm(model, "bbbb", 0, 1), ModelTerm(changed, "aaaa", 1)]):
        with pytest.raises(ConfigError) as failed:
            ModelSchedule(terms)
        assert str(failed.value) == (
            f"the model aaaa was trained with feature code ffffffffffffffff, this program's is {ours}; train it again"
        )


def test_what_a_run_computes_is_the_features_and_their_volatility(model: Artefact) -> None:
    schedule = ModelSchedule([ModelTerm(model, "a")])
    assert schedule.features(1, 3).names == FEATURES
    assert schedule.watch(1, 3, 60).ts == 0


@pytest.fixture(scope="module")
def model_opinion(tmp_path_factory: pytest.TempPathFactory) -> Artefact:
    studio = Studio(tmp_path_factory.mktemp("opinion"))
    studio.walk()
    return studio.taught(recipe())


def opinion(model_opinion: Artefact, ruled_out: float = 0.5, **limits: Any) -> Predictor:
    bare = heeding(model_opinion, 0.55, ruled_out)
    limits = {"normal": 0.7, "strong": 0.9} | limits
    return Predictor(ModelTerm(replace(bare, manifest=bare.manifest.model_copy(update=limits)), "sha"))


def test_it_answers_with_the_model_s_own_probability(model_opinion: Artefact) -> None:
    asked = opinion(model_opinion)
    assert [asked.probability(row) for row in model_opinion.probe] == model_opinion.portable.probabilities(
        model_opinion.probe
    ).tolist()
    assert np.unique(model_opinion.portable.probabilities(model_opinion.probe)).size > 10


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
    model_opinion: Artefact, probability: float, side: Side | None, strength: Strength | None
) -> None:
    assert opinion(model_opinion).side(probability) == (side, strength)
    assert opinion(model_opinion).pays(probability) == (strength if side is Side.LONG else None)


@pytest.mark.parametrize(("ruled_out", "why"), [(1.0, "both classes are possible"), (-1.0, "none is")])
def test_where_the_conformal_set_is_not_one_class_it_abstains(
    model_opinion: Artefact, ruled_out: float, why: str
) -> None:
    assert why
    assert opinion(model_opinion, ruled_out).side(0.95) == (None, None)
    assert opinion(model_opinion, ruled_out).pays(0.95) is None


def test_where_nothing_ever_paid_it_always_abstains(model_opinion: Artefact) -> None:
    never = opinion(model_opinion, weak=None, normal=None, strong=None)
    assert never.least is None
    assert [never.side(p) for p in (0.0, 0.5, 1.0)] == [(None, None)] * 3


@given(probability=st.floats(0, 1), ruled_out=st.floats(-0.1, 1.1))
def test_a_side_is_taken_only_where_the_set_holds_that_class_alone(
    model_opinion: Artefact, probability: float, ruled_out: float
) -> None:
    asked = opinion(model_opinion, ruled_out)
    side, strength = asked.side(probability)
    assert (side is None) is (strength is None)
    if side is Side.LONG:
        assert probability >= 0.55
        assert asked.conformal.set(probability) in (1, -1)
    if side is Side.SHORT:
        assert probability <= 0.45
        assert asked.conformal.set(probability) in (1, -1)
