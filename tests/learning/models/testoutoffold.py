# file: tests/learning/models/testoutoffold.py
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.learning.models.planted import HOUR, LIGHT, LINEAR, START, noise, planted, walk
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.folds.audit import audit
from tradingbot.core.folds.span import Span
from tradingbot.core.statistics.arrays import BoolArray, Floats, Ints
from tradingbot.learning.models.fitting import fit_of
from tradingbot.learning.models.member import Source
from tradingbot.learning.models.outoffold import out_of_fold, time_folds
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
        audit(rows.starts[unpurged], rows.ends[unpurged], [span], 0, "an unpurged fold")


def test_a_purge_that_does_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(starts: Ints, *_: object) -> BoolArray:
        return np.ones(len(starts), dtype=np.bool_)

    monkeypatch.setattr("tradingbot.learning.models.outoffold.keep", nothing)
    with pytest.raises(RunFailed, match=r"fold 1 of 4: label 0 from .* overlaps the test"):
        out_of_fold(fit_of(LINEAR, 0), walk(100, span=10, seed=1), 4, 0)


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
    fit = fit_of(LINEAR, 0)
    assert out_of_fold(fit, rows.take(mixed), 4, HOUR) == pytest.approx(
        out_of_fold(fit, rows, 4, HOUR)[mixed], abs=1e-9
    )


def test_too_few_instants_or_folds_are_refused() -> None:
    rows = noise(10, 7)
    with pytest.raises(BadInput, match="folds was 1, allowed is 2"):
        list(time_folds(rows, 1, 0))
    with pytest.raises(BadInput, match="rows were 10 at 1 instants, too few for 3 folds"):
        list(time_folds(replace(rows, starts=rows.starts * 0, ends=rows.ends), 3, 0))
    with pytest.raises(BadInput, match="rows were 0"):
        list(time_folds(rows.take(np.arange(0)), 3, 0))
