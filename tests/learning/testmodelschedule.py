# file: tests/learning/testmodelschedule.py
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.modelfixture import FEATURES
from tradingbot.core.errors import ConfigError
from tradingbot.learning.models.artefact import Artefact
from tradingbot.learning.modelschedule import ModelSchedule, ModelTerm


def named(model: Artefact, **fields: Any) -> Artefact:
    return replace(model, manifest=model.manifest.model_copy(update=fields))


def force(schedule: ModelSchedule, ts: int) -> str | None:
    opinion = schedule.at(ts)
    return None if opinion is None else opinion.sha256


def test_one_model_without_bounds_is_always_in_force_and_its_features_are_computed(model: Artefact) -> None:
    schedule = ModelSchedule([ModelTerm(model, "a")])
    assert [force(schedule, ts) for ts in (0, 1, 2**62)] == ["a", "a", "a"]
    assert schedule.features(1, 3).names == FEATURES
    assert schedule.stream(1, 3, 60).ts == 0


def test_a_term_holds_its_start_but_not_its_end(model: Artefact) -> None:
    schedule = ModelSchedule([ModelTerm(model, "b", 30, 40), ModelTerm(model, "a", 10, 20), ModelTerm(model, "c", 40)])
    assert [force(schedule, ts) for ts in (9, 10, 19, 20, 29, 30, 39, 40, 99)] == [
        None, "a", "a", None, None, "b", "b", "c", "c",
    ]  # fmt: skip
    assert [predictor.sha256 for predictor in schedule.predictors] == ["a", "b", "c"]
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


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ([], "models were none, allowed is one or more where a strategy needs one$"),
        *(
            (bounds, "models: two are in force at once, allowed is one at any time$")
            for bounds in ([(0, 20), (19, 30)], [(0, None), (50, None)], [(10, 20), (None, 11)], [(5, 9), (5, 9)])
        ),
        ([(10, 10)], "models: a term ended at 10 and began at 10, allowed is an end that is later"),
    ],
)
def test_no_model_or_two_at_once_or_a_term_that_ends_before_it_begins_is_an_error(
    model: Artefact, bounds: list[tuple[int | None, int | None]], said: str
) -> None:
    with pytest.raises(ConfigError, match=f"^{said}"):
        ModelSchedule([ModelTerm(model, str(number), *span) for number, span in enumerate(bounds)])


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
