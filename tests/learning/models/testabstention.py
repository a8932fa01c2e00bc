# file: tests/learning/models/testabstention.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.intent import Strength
from tradingbot.learning.models.abstention import NEVER, Conformal, Thresholds, fit_conformal, realised_coverage
from tradingbot.learning.models.calibration import calibrate, calibrated
from tradingbot.learning.models.fitting import sigmoid
from tradingbot.learning.models.samples import Labels

NARROW = Conformal(0.4, 0.45, 0.4)  # up from 0.6, down to 0.45
WIDE = Conformal(0.1, 0.7, 0.6)  # up from 0.4, down to 0.7


def _rows(n: int, rng: np.random.Generator) -> tuple[Floats, Labels]:
    odds = rng.normal(size=n)
    return sigmoid(odds), (rng.random(n) < sigmoid(odds)).astype(np.int8)


@pytest.mark.parametrize(
    ("conformal", "classes"),
    [(NARROW, {0.7: 1, 0.6: 1, 0.5: 0, 0.45: -1, 0.1: -1}), (WIDE, {0.8: 1, 0.7: 2, 0.41: 2, 0.3: -1})],
    ids=["one class or none", "one class or both"],
)
def test_a_conformal_set_holds_what_it_does_not_rule_out(conformal: Conformal, classes: dict[float, int]) -> None:
    assert {p: conformal.set(p) for p in classes} == classes


@given(st.floats(0, 1), st.floats(0, 1), st.lists(st.floats(0, 1), min_size=1))
def test_many_are_judged_as_one_by_one(low: float, high: float, many: list[float]) -> None:
    conformal = Conformal(0.2, low, high)
    assert conformal.sets(np.array(many)).tolist() == [conformal.set(p) for p in many]
    assert conformal.decides(np.array(many)).tolist() == [conformal.set(p) in (1, -1) for p in many]


def test_the_quantile_is_the_finite_samples() -> None:
    # Nine rows a class at a miss of 0.2: the ceil(10 * 0.8) = 8th smallest score of each.
    found = fit_conformal(np.tile(np.arange(1, 10) / 10, 2), np.repeat([0, 1], 9).astype(np.int8), 0.2)
    assert (found.quantile0, found.quantile1) == pytest.approx((0.8, 0.8))


def test_too_few_rows_rule_nothing_out() -> None:
    found = fit_conformal(np.array([0.2, 0.3, 0.9]), np.array([0, 0, -1], dtype=np.int8), 0.1)
    assert found.sets(np.array([0.0, 0.5, 1.0])).tolist() == [2, 2, 2]


@pytest.mark.parametrize("alpha", [0.1, 0.4])
def test_coverage_of_each_class_keeps_its_promise_and_no_more_than_its_distribution(alpha: float) -> None:
    # Over draws of the slice coverage is Beta(k, n + 1 - k) with k = ceil((n + 1)(1 - alpha)); Vovk (2012).
    rng = np.random.default_rng(1)
    tested, y_tested = _rows(60_000, rng)
    found: dict[int, list[float]] = {0: [], 1: []}
    places: list[float] = []
    for _ in range(60):
        p, y = _rows(600, rng)
        conformal = fit_conformal(p, y, alpha)
        for label, covered in found.items():
            coverage = realised_coverage(conformal, tested[y_tested == label], y_tested[y_tested == label])
            assert coverage is not None
            covered.append(coverage)
            n = int((y == label).sum())
            k = int(np.ceil((n + 1) * (1 - alpha) - 1e-9))
            places.append(beta.cdf(coverage, k, n + 1 - k))
    for covered in found.values():
        assert 1 - alpha - 0.01 < np.mean(covered) < 1 - alpha + 0.015
    assert np.quantile(places, [0.1, 0.9]) == pytest.approx([0.1, 0.9], abs=0.1)


def test_a_rising_calibration_on_the_same_rows_can_only_widen_the_sets() -> None:
    rng = np.random.default_rng(2)
    p, y = _rows(4000, rng)
    knots = calibrate(p, y, np.ones(4000))
    plain, mapped = fit_conformal(p, y, 0.3), fit_conformal(calibrated(knots, p), y, 0.3)
    new, y_new = _rows(4000, rng)
    before = realised_coverage(plain, new, y_new)
    after = realised_coverage(mapped, calibrated(knots, new), y_new)
    assert before is not None
    assert after is not None
    assert after >= before - 1e-12


def test_coverage_counts_only_rows_with_a_class() -> None:
    labels = np.array([1, 0, -1, 1], dtype=np.int8)
    assert realised_coverage(NARROW, np.array([0.7, 0.7, 0.5, 0.5]), labels) == pytest.approx(1 / 3)
    assert realised_coverage(NARROW, np.array([0.5]), np.array([-1], dtype=np.int8)) is None


def test_a_miss_rate_of_all_or_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="alpha was 1, allowed is between 0 and 1"):
        Conformal(1.0, 0.5, 0.5)


@pytest.mark.parametrize(
    ("expected", "probabilities"),
    [
        (None, (0.5, 0.549, math.nan)),
        (Strength.WEAK, (0.55, 0.44)),
        (Strength.NORMAL, (0.62, 0.39)),
        (Strength.STRONG, (0.7, 0.3)),
    ],
)
def test_the_surer_either_way_the_stronger(expected: Strength | None, probabilities: tuple[float, ...]) -> None:
    assert {Thresholds(0.55, 0.6, 0.7).strength(p) for p in probabilities} == {expected}


def test_without_thresholds_there_is_no_strength_and_without_higher_ones_none_beyond_weak() -> None:
    assert [NEVER.strength(p) for p in (0.0, 0.5, 1.0)] == [None] * 3
    assert Thresholds(0.6, None, None).strength(0.99) is Strength.WEAK


@pytest.mark.parametrize("values", [(0.7, 0.6, None), (None, 0.6, None), (0.5, None, 0.7), (0.5, 0.8, 0.7)])
def test_an_order_that_makes_no_sense_is_refused(values: tuple[float | None, float | None, float | None]) -> None:
    with pytest.raises(BadInput, match="allowed is rising"):
        Thresholds(*values)
