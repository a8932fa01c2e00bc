# file: tests/learning/models/portable/testportable.py
from __future__ import annotations

import io
import math
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.learning.models.portable.linear import IDENTITY, Linear, PiecewiseLinear, linear_of
from tradingbot.learning.models.portable.portable import Portable, check_log_odds, check_parity
from tradingbot.learning.models.portable.trees import Missing, Trees

WIDTH = 3
# Few numbers, so that values meet thresholds, zeros and missing ones often; all of them float32.
NUMBERS = np.array([-np.inf, -2.0, -0.5, -(2.0**-120), 0.0, 2.0**-120, 0.5, 1.0, 3.0, np.inf, np.nan])
SEEDS = st.integers(0, 2**32 - 1)


def _forest(rng: np.random.Generator, trees: int, single: bool) -> Trees:
    """Grow trees by splitting random leaves, numbered as they come."""
    left, right, roots = list[int](), list[int](), list[int]()
    for _ in range(trees):
        roots.append(len(left))
        left.append(-1)
        right.append(-1)
        for _ in range(rng.integers(0, 12)):
            leaf = int(rng.choice([node for node in range(roots[-1], len(left)) if left[node] < 0]))
            left[leaf], right[leaf] = len(left), len(left) + 1
            left += [-1, -1]
            right += [-1, -1]
    count = len(left)
    kinds = [Missing.LEFT, Missing.RIGHT] if single else list(Missing)
    value = rng.normal(size=count)
    feature, threshold = rng.integers(0, WIDTH, count), rng.choice(NUMBERS[1:-2], count)
    return Trees(
        feature=feature, threshold=threshold, left=np.array(left), right=np.array(right),
        missing=rng.choice(kinds, count), value=value.astype(np.float32) if single else value, roots=np.array(roots),
        base=0.375, single=single, width=WIDTH,
    )  # fmt: skip


def _goes_left(value: float, threshold: float, kind: int, single: bool) -> bool:
    if not single and abs(value) <= np.float32(1e-35):
        value = 0.0
    if kind == Missing.AS_ZERO and math.isnan(value):
        value = 0.0
    if math.isnan(value) or (value == 0 and kind in {Missing.ZERO_LEFT, Missing.ZERO_RIGHT}):
        return kind in {Missing.LEFT, Missing.ZERO_LEFT}
    return bool(np.float32(value) < np.float32(threshold)) if single else value <= threshold


def _walked(forest: Trees, x: Floats) -> float:
    """Answer as the frameworks describe it, node by node."""
    kind = np.float32 if forest.single else np.float64
    total = kind(forest.base)
    for node in forest.roots.tolist():
        while forest.left[node] >= 0:
            value, threshold = float(x[forest.feature[node]]), float(forest.threshold[node])
            left = _goes_left(value, threshold, int(forest.missing[node]), forest.single)
            node = int(forest.left[node] if left else forest.right[node])
        total += kind(forest.value[node])
    return float(total)


def _model(seed: int) -> tuple[Portable, Floats]:
    """A model of up to four members in any order, and rows to ask it."""
    rng = np.random.default_rng(seed)
    count = rng.integers(1, 4)
    members: list[Trees | Linear] = [
        _forest(rng, int(rng.integers(1, 40)), bool(rng.integers(2))) for _ in range(count)
    ]
    place, ones = int(rng.integers(count + 1)), np.ones(WIDTH)
    members.insert(place, Linear(rng.normal(size=WIDTH), 0.1, ones, ones))
    stack = Linear(rng.random(len(members)), 0.2, np.zeros(len(members)), np.full(len(members), 3.0))
    knots = PiecewiseLinear(np.array([0.1, 0.4, 0.9]), np.array([0.0, 0.5, 1.0]))
    return Portable(tuple(members), stack, knots), rng.choice(NUMBERS, size=(30, WIDTH))


@given(SEEDS)
def test_forests_answer_bit_for_bit_as_walking_them_node_by_node(seed: int) -> None:
    model, rows = _model(seed)
    odds = model.log_odds(rows)
    for place, member in enumerate(model.members):
        if isinstance(member, Trees):
            # A framework in float32 is not asked about infinities.
            asked = np.full(len(rows), True) if not member.single else ~np.isinf(rows).any(axis=1)
            assert odds[asked, place].tolist() == [_walked(member, row) for row in rows[asked]]


@given(SEEDS)
def test_one_row_alone_and_among_others_get_the_same_bits(seed: int) -> None:
    model, rows = _model(seed)
    single = np.array([model.probability(row) for row in rows])
    assert single.tobytes() == model.probabilities(rows).tobytes()
    assert single.tobytes() == model.probabilities(np.asfortranarray(rows)).tobytes()


@given(SEEDS)
def test_the_stack_weighs_log_odds_and_the_calibration_bends_the_outcome(seed: int) -> None:
    model, rows = _model(seed)
    rows = np.nan_to_num(rows)[np.isfinite(rows).all(axis=1)]
    stacked = model.stack.intercept + (model.log_odds(rows) / 3.0) @ model.stack.coefficients
    expected = np.interp(1 / (1 + np.exp(-stacked)), model.calibration.x, model.calibration.y)
    assert model.probabilities(rows) == pytest.approx(expected, abs=1e-13)


@given(SEEDS)
def test_arrays_written_and_read_give_the_same_model(seed: int) -> None:
    model, rows = _model(seed)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **model.arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as read:
        again = Portable.of(dict(read))
    assert again.probabilities(rows).tobytes() == model.probabilities(rows).tobytes()
    once, named = (
        {name: (array.dtype, array.shape, array.tobytes()) for name, array in found.arrays().items()}
        for found in (model, again)
    )
    assert named == once


@given(SEEDS, st.data())
def test_a_damaged_number_is_refused_or_answers_in_time(seed: int, data: st.DataObject) -> None:
    model, rows = _model(seed)
    arrays = {name: np.array(array) for name, array in model.arrays().items()}
    name = data.draw(st.sampled_from(sorted(name for name, array in arrays.items() if array.size)))
    damaged = arrays[name].reshape(-1)
    bad = data.draw(st.sampled_from([-1, 0, 1, 2, 5, 100, 2**31 - 1, -(2**31), np.nan, np.inf, -np.inf]))
    with np.errstate(invalid="ignore"):
        damaged[data.draw(st.integers(0, damaged.size - 1))] = np.array(bad).astype(damaged.dtype)
    try:
        model = Portable.of(arrays)
    except BadInput:
        return
    assert len(model.probabilities(rows)) == len(rows)


def test_a_model_pickled_or_mapped_from_a_file_as_workers_get_it_answers_the_same(tmp_path: Path) -> None:
    model, rows = _model(1)
    pickled = pickle.loads(pickle.dumps(model))  # noqa: S301
    assert pickled.probabilities(rows).tobytes() == model.probabilities(rows).tobytes()
    joblib.dump((model, rows), tmp_path / "spec")
    again, mapped = joblib.load(tmp_path / "spec", mmap_mode="r")
    assert isinstance(mapped, np.memmap)
    assert again.probabilities(mapped).tobytes() == model.probabilities(rows).tobytes()
    assert again.probability(mapped[0]) == model.probability(rows[0])


def test_a_row_may_be_read_only_a_slice_or_of_another_type() -> None:
    model, rows = _model(2)
    row = np.array([0.5, -2.0, 3.0])
    frozen = row.copy()
    frozen.flags.writeable = False
    kinds: tuple[Any, ...] = (row, frozen, np.repeat(row, 2)[::2], np.asarray(row, np.float32))
    answers = [model.probability(kind) for kind in kinds]
    assert len(set(answers)) == 1
    assert model.probabilities(np.empty((0, WIDTH))).shape == (0,)
    assert model.log_odds(rows).shape == (len(rows), len(model.members))


def test_a_row_of_another_width_and_rows_of_another_shape_are_refused() -> None:
    model = _model(3)[0]
    for shape in ((), (2,), (4,), (2, 3)):
        with pytest.raises(BadInput, match="allowed is"):
            model.probability(np.zeros(shape))
    for shapes in ((), (3,), (2, 4), (1, 1, 3)):
        with pytest.raises(BadInput, match=r"shape .* allowed is \[n, 3\]"):
            model.probabilities(np.zeros(shapes))


def test_parts_that_do_not_fit_are_refused() -> None:
    one, two = linear_of([1.0], 0.0), linear_of([1.0, 1.0], 0.0)
    with pytest.raises(BadInput, match="members were 0"):
        Portable((), one, IDENTITY)
    with pytest.raises(BadInput, match="member 1 took 2 features, allowed is 1 as member 0"):
        Portable((one, two), two, IDENTITY)
    with pytest.raises(BadInput, match="the stack weighed 2 members, allowed is 1"):
        Portable((one,), two, IDENTITY)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"member0.left": None}, "member0: array left was missing"),
        ({"calibration.y": None}, "calibration: array y was missing"),
        ({"member0.surplus": np.zeros(1)}, "array 'member0.surplus' was not expected"),
        ({"member9.left": np.zeros(1)}, "array 'member9.left' was not expected"),
        ({"trees": None}, "array 'trees' was missing"),
        ({"trees": np.zeros(1)}, "array 'trees' .* allowed is true or false"),
        ({"trees": np.array(True)}, "array 'trees' .* allowed is true or false"),
        ({"trees": np.zeros(0, dtype=np.bool_)}, "array 'member0.base' was not expected"),
        ({"member0.base": np.zeros(2)}, r"member0: base was of type float64 and shape \(2,\), allowed is one number"),
        ({"member0.width": np.array(np.nan)}, "member0: width was nan, allowed is a whole number"),
        ({"stack.scale": np.array([0.0])}, "stack: scale 0 was 0.0, allowed is above 0"),
        ({"stack.scale": np.array(["a"])}, "stack: scale was of type <U1, allowed are numbers"),
    ],
)
def test_arrays_that_are_no_model_are_refused_by_name(change: dict[str, Any], said: str) -> None:
    forest = _forest(np.random.default_rng(4), 2, True)
    arrays = Portable((forest,), linear_of([1.0], 0.0), IDENTITY).arrays() | change
    with pytest.raises(BadInput, match=said):
        Portable.of({name: array for name, array in arrays.items() if array is not None})


def test_answering_loads_no_framework() -> None:
    code = (
        "import sys, tradingbot.learning.models.portable.portable;"
        "print([name for name in ('lightgbm', 'xgboost', 'sklearn', 'pandas') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"


MEMBERS = (linear_of([1.0], 0.0), linear_of([-100.0], 0.0))
MODEL = Portable(MEMBERS, linear_of([1.0, 0.0], 0.0), IDENTITY)
ROWS = np.array([[-1.0], [0.0], [1.0]])
SAID = 1 / (1 + np.exp(-ROWS[:, 0]))
ODDS = np.column_stack([ROWS[:, 0], -100 * ROWS[:, 0]])
WHERE = "model 7"


def test_what_agrees_to_the_last_digits_passes() -> None:
    check_parity(MODEL, ROWS, SAID + 1e-12, WHERE)
    check_log_odds(MODEL, ROWS, ODDS * (1 + 1e-12), WHERE)


def test_a_probability_that_differs_is_named_with_its_row() -> None:
    expected = SAID + np.array([0.0, 1e-8, 1e-3])
    with pytest.raises(
        RunFailed, match=r"model 7: probability in row 1 was 0.5, expected is 0.50000001 to within 1e-09; 2 of 3"
    ):
        check_parity(MODEL, ROWS, expected, WHERE)


def test_log_odds_may_differ_by_their_own_size_and_name_the_member() -> None:
    near = ODDS + np.array([[0.0, 9e-8]])
    with pytest.raises(
        RunFailed, match=r"model 7: log-odds of member 1 in row 1 was -?0.0, expected is 9e-08 to within 1e-09"
    ):
        check_log_odds(MODEL, ROWS, near, WHERE)
    check_log_odds(MODEL, ROWS[::2], near[::2], WHERE)


def test_nan_agrees_with_nan_alone() -> None:
    cancelling = Portable((linear_of([1.0, -1.0], 0.0),), linear_of([1.0], 0.0), IDENTITY)
    rows = np.array([[np.inf, np.inf]])
    check_parity(cancelling, rows, np.array([np.nan]), WHERE)
    with pytest.raises(RunFailed, match=r"row 0 was nan, expected is 0.5"):
        check_parity(cancelling, rows, np.array([0.5]), WHERE)
    with pytest.raises(RunFailed, match=r"row 1 was 0.5, expected is nan"):
        check_parity(MODEL, ROWS, np.array([SAID[0], np.nan, SAID[2]]), WHERE)


def test_infinite_log_odds_agree_with_the_same_sign_alone() -> None:
    rows = np.array([[np.inf]])
    check_log_odds(MODEL, rows, np.array([[np.inf, -np.inf]]), WHERE)
    with pytest.raises(RunFailed, match=r"member 1 in row 0 was -inf, expected is inf"):
        check_log_odds(MODEL, rows, np.array([[np.inf, np.inf]]), WHERE)


def test_a_check_of_nothing_is_no_check() -> None:
    with pytest.raises(
        RunFailed, match=r"expected were \(0,\) values, allowed is one for each of 0 rows, of which 1 or more"
    ):
        check_parity(MODEL, np.empty((0, 1)), np.empty(0), WHERE)
    with pytest.raises(RunFailed, match=r"expected were \(2,\) values, allowed is one for each of 3 rows"):
        check_parity(MODEL, ROWS, SAID[:2], WHERE)
    with pytest.raises(RunFailed, match=r"expected were \(3, 1\) values, allowed is \(3, 2\)"):
        check_log_odds(MODEL, ROWS, ODDS[:, :1], WHERE)
