# file: tests/learning/models/testfitting.py
from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

from tests.learning.models.planteddecisions import LIGHT, LINEAR, SPECS, XG, noise, planted
from tradingbot.core.config.candidate import BoosterSpec, LinearSpec
from tradingbot.core.errors import BadInput
from tradingbot.learning.models.ensemble import alone
from tradingbot.learning.models.fitting import Member, fit_member, fit_of, one_thread
from tradingbot.learning.models.portable.linear import IDENTITY, Linear
from tradingbot.learning.models.portable.portable import Portable
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.models.scoring import auc

TRAIN, TEST = planted(2500, seed=1), planted(1500, seed=2)
every_kind = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
every_booster = pytest.mark.parametrize("spec", [LIGHT, XG], ids=lambda spec: spec.kind)


def _fit(spec: LinearSpec | BoosterSpec, rows: Samples, seed: int = 3) -> Member:
    return fit_member(spec, rows.x, rows.y, rows.weight, seed)


@every_booster
def test_trees_learn_what_no_line_can(spec: BoosterSpec) -> None:
    found = auc(_fit(spec, TRAIN).source(TEST.x), TEST.y, TEST.weight)
    line = auc(_fit(LINEAR, TRAIN).source(TEST.x), TEST.y, TEST.weight)
    assert found is not None
    assert line is not None
    assert found > 0.72
    assert 0.44 < line < 0.56


def test_the_line_learns_what_is_straight() -> None:
    rows, later = planted(2000, 4, straight=1.0, crossed=0.0), planted(2000, 5, straight=1.0, crossed=0.0)
    found = auc(_fit(LINEAR, rows).source(later.x), later.y, later.weight)
    truth = auc(later.x[:, 0], later.y, later.weight)
    assert found == pytest.approx(truth, abs=0.01)


@every_kind
def test_the_exported_part_says_what_the_framework_says(spec: LinearSpec | BoosterSpec) -> None:
    rows = TEST.x.copy()
    rows[::7, 2] = np.nan
    member = _fit(spec, TRAIN)
    assert Portable((member.part,), alone(), IDENTITY).probabilities(rows) == pytest.approx(
        member.source(rows), abs=1e-12
    )


@every_kind
def test_the_same_rows_and_seed_give_the_same_model_and_another_seed_other_trees(
    spec: LinearSpec | BoosterSpec,
) -> None:
    once = _fit(spec, TRAIN, seed=3).source(TEST.x)
    assert once.tobytes() == _fit(spec, TRAIN, seed=3).source(TEST.x).tobytes()
    assert spec is LINEAR or (once != _fit(spec, TRAIN, seed=4).source(TEST.x)).any()


@every_kind
def test_only_the_ratios_of_the_weights_count(spec: LinearSpec | BoosterSpec) -> None:
    weight = np.random.default_rng(5).uniform(0.5, 2.0, len(TRAIN))
    once = fit_member(spec, TRAIN.x, TRAIN.y, weight, 1).source(TEST.x)
    scaled = fit_member(spec, TRAIN.x, TRAIN.y, weight * 1024, 1).source(TEST.x)
    plain = _fit(spec, TRAIN, seed=1).source(TEST.x)
    assert scaled == pytest.approx(once, abs=1e-6)
    assert (once != plain).any()


SETTINGS = {
    "trees": 5, "leaves": 2, "learning_rate": 0.3, "min_rows": 600, "row_share": 0.4, "feature_share": 0.3, "l2": 300.0,
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
@every_booster
def test_every_setting_of_the_trees_reaches_them(spec: BoosterSpec, name: str) -> None:
    changed = spec.model_copy(update={name: SETTINGS[name]})
    assert (_fit(spec, TRAIN).source(TEST.x) != _fit(changed, TRAIN).source(TEST.x)).any()


def test_a_higher_penalty_shrinks_the_line() -> None:
    soft, hard = (_fit(LinearSpec(l2=l2), planted(1000, 6, straight=1.0)).part for l2 in (0.001, 10.0))
    assert isinstance(soft, Linear)
    assert isinstance(hard, Linear)
    assert np.abs(hard.coefficients).max() < np.abs(soft.coefficients).max() / 3


def test_centre_and_scale_are_those_of_the_rows_fitted_and_of_no_others() -> None:
    train, both = TRAIN.x, np.concatenate([TRAIN.x, TEST.x * 50 + 1000])
    part = _fit(LINEAR, TRAIN).part
    assert isinstance(part, Linear)
    assert part.centre == pytest.approx(train.mean(axis=0), abs=1e-12)
    assert part.scale == pytest.approx(train.std(axis=0), rel=1e-12)
    assert np.abs(part.centre - both.mean(axis=0)).min() > 100


def test_a_missing_value_counts_as_the_mean_for_the_line() -> None:
    rows = planted(500, 7, straight=1.0)
    rows.x[::3, 0] = np.nan
    member = _fit(LINEAR, rows)
    part = member.part
    assert isinstance(part, Linear)
    assert part.centre[0] == pytest.approx(np.nanmean(rows.x[:, 0]))
    filled = np.where(np.isnan(rows.x), part.centre, rows.x)
    assert member.source(rows.x) == pytest.approx(member.source(filled), abs=1e-12)


def test_an_empty_or_constant_column_adds_nothing_to_the_line() -> None:
    rows = planted(500, 8, straight=1.0)
    rows.x[:, 3], rows.x[:, 4] = np.nan, 1e9
    part = _fit(LINEAR, rows).part
    assert isinstance(part, Linear)
    assert part.coefficients[3:5] == pytest.approx([0, 0], abs=1e-9)
    assert part.scale[3:5].tolist() == [1, 1]


@every_kind
def test_one_class_alone_is_refused(spec: LinearSpec | BoosterSpec) -> None:
    rows = noise(50, 9)
    with pytest.raises(BadInput, match=r"classes to fit were \[1\], allowed are 0 and 1"):
        fit_member(spec, rows.x, np.ones(50, dtype=np.int8), rows.weight, 0)


def test_the_repeatable_fit_is_the_members() -> None:
    source = fit_of(LIGHT, 3)(TRAIN.x, TRAIN.y, TRAIN.weight)
    assert source(TEST.x).tobytes() == _fit(LIGHT, TRAIN).source(TEST.x).tobytes()


def _threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_inside_there_is_one_thread_and_outside_what_there_was() -> None:
    before = _threads()
    with one_thread():
        assert before
        assert set(_threads()) == {1}
        with one_thread():
            pass
        assert set(_threads()) == {1}
    assert _threads() == before
