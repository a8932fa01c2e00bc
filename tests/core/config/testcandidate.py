# file: tests/core/config/testcandidate.py
from __future__ import annotations

from typing import Any

import pytest

from tradingbot.core.config.candidate import BoosterSpec, DataLimits, DriftConfig, LinearSpec, ModelRecipe
from tradingbot.core.config.load import build
from tradingbot.core.errors import ConfigError


def test_the_defaults_ask_for_nineteen_bars_in_twenty() -> None:
    assert build(DataLimits, {}, "x") == DataLimits(
        missing_share=0.05, missing_at_end=24, flat_bars=240, nan_share=0.05, largest=1e6
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("missing_share", 1.0),
        ("missing_share", -0.1),
        ("missing_at_end", -1),
        ("flat_bars", 0),
        ("nan_share", 1.0),
        ("largest", 0.0),
        ("largest", float("inf")),
        ("nonsense", 1),
    ],
)
def test_what_makes_no_limit_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"^x: {field}"):
        build(DataLimits, {field: value}, "x")


def test_an_empty_section_allows_one_false_alarm_in_twenty_months() -> None:
    config = build(DriftConfig, {}, "drift")
    assert (config.window, config.level, config.cooldown_days) == (1000, 0.05, 7.0)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"window": 99}, "window"), ({"level": 0}, "level"), ({"level": 1}, "level"), ({"cooldown_days": -1}, "cooldown")],
)
def test_a_value_out_of_range_is_named(values: dict[str, object], field: str) -> None:
    with pytest.raises(ConfigError, match=f"drift: {field}"):
        build(DriftConfig, values, "drift")


def built(**values: Any) -> ModelRecipe:
    return build(ModelRecipe, {"kind": "model"} | values, "recipe")


def test_an_empty_recipe_is_a_baseline_with_both_boosters_on_the_program_s_own_features() -> None:
    recipe = built()
    assert [member.kind for member in recipe.members] == ["linear", "lightgbm", "xgboost"]
    assert (recipe.target, recipe.features, recipe.leader, recipe.search.trials) == ("direction", None, None, 0)


def test_members_are_told_apart_by_their_kind() -> None:
    recipe = built(members=[{"kind": "linear", "l2": 1}, {"kind": "xgboost", "trees": 9}])
    assert recipe.members == (LinearSpec(l2=1), BoosterSpec(kind="xgboost", trees=9))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([], "members"),
        ([{"kind": "lightgbm"}], r"members were \['lightgbm'\], allowed is linear first, as the baseline, and each"),
        ([{"kind": "lightgbm"}, {"kind": "linear"}], "linear first"),
        ([{"kind": "linear"}, {"kind": "xgboost"}, {"kind": "xgboost"}], "each kind once"),
        ([{"kind": "linear", "trees": 5}], "trees is not a known field"),
        ([{"kind": "forest"}], "members"),
    ],
)
def test_other_members_are_refused(members: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        built(members=members)


@pytest.mark.parametrize(
    ("barriers", "message"),
    [
        ({"least": 0.05, "most": 0.04}, "least was 0.05, allowed is at most `most`, 0.04"),
        ({"most": 0.1, "stop": 2}, "most times stop was 0.2, allowed is a stop at most 0.15 away"),
        ({"horizon": 0}, "horizon was 0"),
        ({"horizon": 5_001}, "horizon was 5001"),
        ({"bars": 7}, "bars was 7"),
        ({"barrier_width": 0}, "barrier_width was 0"),
        ({"target": 0}, "target was 0"),
        ({"least": 0}, "least was 0"),
    ],
)
def test_barriers_that_the_desk_would_not_allow_are_refused(barriers: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        built(barriers=barriers)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"target": "price"}, "target was 'price'"),
        ({"every": 0}, "every was 0"),
        ({"folds": 1}, "folds was 1"),
        ({"embargo_bars": -1}, "embargo_bars was -1"),
        ({"holdout": 0.8}, "holdout was 0.8"),
        ({"alpha": 1}, "alpha was 1"),
        ({"decay_floor": 1.5}, "decay_floor was 1.5"),
        ({"search": {"trials": -1}}, "trials was -1"),
        ({"search": {"folds": 1}}, "folds was 1"),
        ({"drift": {"window": 5}}, "window was 5"),
        ({"data": {"nan_share": 1}}, "nan_share was 1"),
        ({"colour": "red"}, "colour is not a known field"),
    ],
)
def test_a_value_out_of_range_is_named_recipe(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        built(**values)


def test_it_is_read_back_as_it_was_written() -> None:
    recipe = built(features=["momentum 4"], leader="X", sequential=True, decay_floor=-0.5)
    assert build(ModelRecipe, recipe.model_dump(mode="json"), "recipe") == recipe
