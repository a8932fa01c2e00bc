# file: tests/learning/models/testcrossfitting.py
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.learning.models.planteddecisions import HOUR, LIGHT, LINEAR, START, noise, planted, walk
from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.statistics.folds import Span, audit_purge
from tradingbot.learning.models.crossfitting import hold_out, out_of_fold, time_folds
from tradingbot.learning.models.fitting import Source, fit_of
from tradingbot.learning.models.samples import Labels, Samples
from tradingbot.learning.models.scoring import auc


def _auc(probability: Floats, samples: Samples) -> float:
    found = auc(probability, samples.y, samples.weight)
    assert found is not None
    return found


def test_overlapping_labels_leak_without_purge_and_do_not_with_it() -> None:
    fit = fit_of(LIGHT.model_copy(update={"trees": 15}), 0)
    clean, leaking = [], []
    for seed in range(5):
        rows = walk(1500, span=60, seed=seed)
        unpurged = replace(rows, ends=rows.starts)
        clean.append(_auc(out_of_fold(fit, rows, folds=60, embargo=0), rows))
        leaking.append(_auc(out_of_fold(fit, unpurged, folds=60, embargo=0), rows))
    assert min(leaking) > 0.65
    assert np.mean(clean) < 0.55


def test_noise_is_told_apart_no_better_than_by_chance() -> None:
    found = [_auc(out_of_fold(fit_of(LIGHT, 0), rows, 4, 0), rows) for rows in (noise(2000, seed) for seed in range(6))]
    assert np.mean(found) == pytest.approx(0.5, abs=0.02)


def test_the_audit_refuses_folds_whose_labels_overlap() -> None:
    rows = walk(100, span=10, seed=1)
    span = Span(int(rows.starts[50]), int(rows.ends[59]) + 1)
    unpurged = np.delete(np.arange(100), np.arange(50, 60))
    with pytest.raises(RunFailed, match="overlaps the test"):
        audit_purge(rows.starts[unpurged], rows.ends[unpurged], [span], 0, "an unpurged fold")


def test_a_purge_that_does_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    purge = "tradingbot.learning.models.crossfitting.purge_mask"
    monkeypatch.setattr(purge, lambda starts, *_: np.ones(len(starts), dtype=np.bool_))
    with pytest.raises(RunFailed, match=r"fold 1 of 4: label 0 from .* overlaps the test"):
        out_of_fold(fit_of(LINEAR, 0), walk(100, span=10, seed=1), 4, 0)
    with pytest.raises(RunFailed, match=r"fit part before the calibration slice: label .* overlaps the test"):
        hold_out(noise(100, 1), 0.3, 0)


def test_changing_the_tested_rows_changes_nothing_but_their_own_predictions() -> None:
    rows = planted(900, seed=2, straight=1.0)
    first = next(iter(time_folds(rows, 3, 0))).test
    moved = rows.x.copy()
    moved[first] = moved[first] * 1000 + 7
    seen: list[Floats] = []

    def fit(x: Floats, y: Labels, weight: Floats) -> Source:
        source = fit_of(LINEAR, 0)(x, y, weight)
        seen.append(source(rows.x[first]))
        return source

    out_of_fold(fit, rows, 3, 0)
    out_of_fold(fit, replace(rows, x=moved), 3, 0)
    assert seen[0].tobytes() == seen[3].tobytes()
    assert (seen[1] != seen[4]).any()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_row_is_tested_once_by_labels_that_share_no_time_with_its_block(data: st.DataObject) -> None:
    n = data.draw(st.integers(8, 40))
    hours = np.array(data.draw(st.lists(st.integers(0, 60), min_size=n, max_size=n)))
    spans = np.array(data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)))
    folds, embargo = data.draw(st.integers(2, 4)), data.draw(st.integers(0, 5)) * HOUR
    starts = START + hours * HOUR
    rows = replace(noise(n, 3), starts=starts, ends=starts + spans * HOUR)
    try:
        found = list(time_folds(rows, folds, embargo))
    except BadInput:
        assert len(np.unique(hours)) < n
        return
    assert sorted(np.concatenate([fold.test for fold in found]).tolist()) == list(range(n))
    for fold in found:
        begin, end = rows.starts[fold.test].min(), rows.ends[fold.test].max()
        assert not set(fold.train.tolist()) & set(fold.test.tolist())
        assert ((rows.ends[fold.train] < begin) | (rows.starts[fold.train] > end + embargo)).all()


def test_rows_of_neither_class_are_predicted_and_never_fitted() -> None:
    rows = noise(300, 4)
    classes = rows.y.copy()
    classes[::3] = -1
    fitted: list[Labels] = []

    def fit(x: Floats, y: Labels, weight: Floats) -> Source:
        fitted.append(y)
        return lambda asked: np.full(len(asked), 0.25)

    found = out_of_fold(fit, replace(rows, y=classes), 3, 0)
    assert (found == 0.25).all()
    assert all((y >= 0).all() for y in fitted)


def test_the_order_of_the_rows_does_not_matter_to_the_blocks() -> None:
    rows = planted(400, 5, straight=1.0)
    mixed = np.random.default_rng(6).permutation(400)
    once, again = (out_of_fold(fit_of(LINEAR, 0), one, 4, HOUR) for one in (rows, rows.take(mixed)))
    assert again == pytest.approx(once[mixed], abs=1e-9)


def test_too_few_instants_or_folds_are_refused() -> None:
    rows = noise(10, 7)
    with pytest.raises(BadInput, match="folds was 1, allowed is 2"):
        list(time_folds(rows, 1, 0))
    with pytest.raises(BadInput, match="rows were 10 at 1 instants, too few for 3 folds"):
        list(time_folds(replace(rows, starts=rows.starts * 0, ends=rows.ends), 3, 0))
    with pytest.raises(BadInput, match="rows were 0"):
        list(time_folds(rows.take(np.arange(0)), 3, 0))


@given(st.integers(20, 120), st.integers(1, 12), st.integers(0, 8), st.floats(0.2, 0.6), st.integers(0, 99))
def test_what_is_fitted_ends_before_the_embargo_of_what_is_held(
    n: int, span: int, embargo: int, share: float, seed: int
) -> None:
    rows = walk(n, span, seed)
    try:
        fitted, held = hold_out(rows.take(np.random.default_rng(seed).permutation(n)), share, embargo * HOUR)
    except BadInput:
        assert span + embargo >= n * (1 - share) - 2
        return
    assert fitted.ends.max() < held.starts.min() - embargo * HOUR
    assert abs(len(held) - n * share) <= 1
    assert len(fitted) + len(held) >= n - span - embargo - 1
    assert (np.diff(fitted.starts) >= 0).all()
    assert (np.diff(held.starts) >= 0).all()


def test_a_row_that_was_drawn_twice_is_fitted_twice_and_calibrates_once() -> None:
    rows = noise(100, 3)
    rows.x[::3, 0] = np.nan
    fitted, held = hold_out(rows.take(np.repeat(np.arange(100), 2)), 0.5, 0)
    assert len(fitted) == 100
    assert held.starts.tolist() == rows.starts[50:].tolist()


def test_decisions_of_one_instant_are_not_torn_apart_and_all_calibrate() -> None:
    rows = noise(100, 4)
    rows.starts[81], rows.ends[81] = rows.starts[80], rows.ends[80]
    assert len(hold_out(rows, 0.5, 0)[1]) == 50
    rows = noise(100, 1)
    rows.starts[45:55] = rows.starts[45]
    fitted, held = hold_out(rows, 0.5, 0)
    assert not set(fitted.starts.tolist()) & set(held.starts.tolist())


def test_shares_and_parts_that_leave_nothing_are_refused() -> None:
    rows = noise(10, 2)
    with pytest.raises(BadInput, match="holdout share was 1, allowed is between 0 and 1"):
        hold_out(rows, 1.0, 0)
    with pytest.raises(BadInput, match="rows were 0"):
        hold_out(rows.take(np.arange(0)), 0.3, 0)
    with pytest.raises(BadInput, match="rows to fit were 0"):
        hold_out(rows, 0.3, 1000 * HOUR)
