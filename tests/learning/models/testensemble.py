# file: tests/learning/models/testensemble.py
from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.models.planteddecisions import HOUR, LINEAR, SPECS, noise, planted
from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.intent import Strength
from tradingbot.learning.models.abstention import NEVER, realised_coverage
from tradingbot.learning.models.ensemble import STACK, Ensemble, alone, fit_ensemble, fit_stack, stack_source, stacked
from tradingbot.learning.models.fitting import log_odds, sigmoid
from tradingbot.learning.models.portable.linear import Linear
from tradingbot.learning.models.portable.portable import check_parity
from tradingbot.learning.models.samples import Labels, Samples
from tradingbot.learning.models.scoring import auc, net_trades


def _fit(rows: Samples, seed: int = 1) -> Ensemble:
    return fit_ensemble(rows, SPECS, folds=3, embargo=2 * HOUR, holdout_share=0.3, alpha=0.3, seed=seed)


@functools.cache
def _learned() -> Ensemble:
    return _fit(planted(3000, 1))


def test_the_ensemble_beats_the_line_where_the_truth_is_crooked() -> None:
    later = planted(2000, 2)
    model = auc(_learned().portable.probabilities(later.x), later.y, later.weight)
    line = auc(_learned().baseline.probabilities(later.x), later.y, later.weight)
    assert model is not None
    assert line is not None
    assert model > 0.75
    assert model > line + 0.2


def test_its_trades_earn_and_the_lines_do_not_happen() -> None:
    later, learned = planted(2000, 3), _learned()
    p = learned.portable.probabilities(later.x)
    found = net_trades(p, later, learned.thresholds.weak, 365, learned.conformal.decides(p))
    assert found.sharpe is not None
    assert found.sharpe > 5
    assert learned.base.thresholds == NEVER
    assert {learned.thresholds.strength(q) for q in p.tolist()} >= {Strength.WEAK, Strength.NORMAL}


def test_of_noise_nothing_is_learned_and_nothing_is_traded() -> None:
    found = [_fit(noise(1200, seed)) for seed in range(20)]
    scores = [later.auc for ensemble in found for later in ensemble.later_scores[-1:] if later.auc is not None]
    assert np.mean(scores) == pytest.approx(0.5, abs=0.03)
    assert sum(ensemble.thresholds != NEVER for ensemble in found) <= 2


def test_the_exported_model_says_what_the_frameworks_say() -> None:
    learned = _learned()
    assert 32 <= len(learned.probe) <= 64
    check_parity(learned.portable, learned.probe, learned.expected, "the ensemble")


def test_the_same_rows_and_seed_give_the_same_arrays_and_another_seed_others() -> None:
    once, again = _learned().portable.arrays(), _fit(planted(3000, 1)).portable.arrays()
    assert all(once[name].tobytes() == again[name].tobytes() for name in once)
    rows = planted(800, 4)
    assert (_fit(rows, 1).expected != _fit(rows, 2).expected).any()


def test_coverage_on_new_rows_is_what_was_promised() -> None:
    later, learned = planted(4000, 5), _learned()
    found = realised_coverage(learned.conformal, learned.portable.probabilities(later.x), later.y)
    # Some 450 rows a class calibrated: a standard deviation of 0.022, less what they share.
    assert found == pytest.approx(0.7, abs=0.06)


def test_what_is_unseen_is_predicted_by_each_and_by_the_stack() -> None:
    learned = _learned()
    names = [spec.kind for spec in SPECS] + [STACK]
    assert list(learned.out_of_fold) == list(learned.later) == names
    assert all(np.isfinite(given).all() and len(given) == len(learned.fitted) for given in learned.out_of_fold.values())
    assert all(np.isfinite(given).all() and len(given) == len(learned.held) for given in learned.later.values())
    assert [found.name for found in learned.scores] == [found.name for found in learned.later_scores] == names
    assert learned.fitted.ends.max() < learned.held.starts.min() - 2 * HOUR


def test_the_held_rows_change_no_member_and_no_stack() -> None:
    rows = planted(900, 6, straight=1.0)
    whole = _fit(rows)
    x, y = rows.x.copy(), rows.y.copy()
    held = rows.starts >= whole.held.starts.min()
    x[held], y[held] = x[held] * 100 + 5, 1 - y[held]
    parts = ((*found.portable.members, found.portable.stack) for found in (whole, _fit(replace(rows, x=x, y=y))))
    for mine, theirs in zip(*parts, strict=True):
        for name in mine.__slots__:
            assert np.array_equal(getattr(mine, name), getattr(theirs, name)), name
    centred = whole.portable.members[0]
    assert isinstance(centred, Linear)
    assert centred.centre == pytest.approx(whole.fitted.x.mean(axis=0), abs=1e-12)


def test_rows_of_neither_class_are_predicted_and_not_fitted() -> None:
    rows = planted(1500, 7)
    neither = rows.y.copy()
    neither[::4] = -1
    found = _fit(replace(rows, y=neither))
    odd = rows.x.copy()
    odd[::4] += 1
    moved = _fit(replace(rows, y=neither, x=odd))
    assert len(found.later[STACK]) == len(found.held)
    assert found.portable.stack.coefficients.tolist() == moved.portable.stack.coefficients.tolist()


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = planted(700, 8)
    assert _fit(rows.take(np.random.default_rng(9).permutation(700))).expected.tolist() == _fit(rows).expected.tolist()


def test_the_line_alone_is_its_own_baseline() -> None:
    rows = planted(900, 10, straight=1.0)
    found = fit_ensemble(rows, [LINEAR], folds=3, embargo=0, holdout_share=0.4, alpha=0.2, seed=1)
    assert found.portable.probabilities(rows.x).tolist() == found.baseline.probabilities(rows.x).tolist()
    assert found.thresholds == found.base.thresholds


def test_a_meta_sample_is_learned_without_shorts() -> None:
    assert _fit(replace(planted(1500, 11), net_down=np.full(1500, np.nan))).thresholds.weak is not None


def test_no_member_or_one_twice_is_refused() -> None:
    for specs in ([], [LINEAR, LINEAR]):
        with pytest.raises(BadInput, match="allowed is one or more, each kind once"):
            fit_ensemble(noise(100, 1), specs, folds=3, embargo=0, holdout_share=0.3, alpha=0.3, seed=1)


RNG = np.random.default_rng(1)
TRUTH = RNG.normal(size=4000)
Y: Labels = (RNG.random(4000) < sigmoid(TRUTH)).astype(np.int8)
ONES = np.ones(4000)


def test_who_knows_is_weighed_and_who_does_not_is_not() -> None:
    stack = fit_stack(np.column_stack([TRUTH, RNG.normal(size=4000)]), Y, ONES)
    assert stack.coefficients[0] == pytest.approx(1, abs=0.15)
    assert stack.coefficients[1] < 0.1


def test_opposites_get_no_negative_weight_twins_share_theirs_and_overconfident_members_are_held_back() -> None:
    assert fit_stack(np.column_stack([TRUTH, -9 * TRUTH]), Y, ONES).coefficients[1] == 0
    first, second = fit_stack(np.column_stack([TRUTH, TRUTH]), Y, ONES).coefficients
    assert first == pytest.approx(second, abs=1e-4)
    assert fit_stack(4 * TRUTH[:, None], Y, ONES).coefficients[0] == pytest.approx(0.25, abs=0.05)


def test_weights_of_rows_count_by_their_ratios() -> None:
    odds = np.column_stack([TRUTH, np.roll(TRUTH, 1)])
    heavy = np.where(np.arange(4000) < 2000, 5.0, 1.0)
    once = fit_stack(odds, Y, heavy).coefficients
    assert fit_stack(odds, Y, heavy * 1000).coefficients == pytest.approx(once, abs=1e-6)
    assert (fit_stack(odds, Y, ONES).coefficients != once).any()


def test_the_stack_of_one_says_what_the_one_says_and_is_fitted_repeatably() -> None:
    assert stacked(alone(), TRUTH[:, None]) == pytest.approx(sigmoid(TRUTH), abs=1e-15)
    odds: Floats = TRUTH[:, None]
    assert stack_source(odds, Y, ONES)(odds).tobytes() == stacked(fit_stack(odds, Y, ONES), odds).tobytes()


def test_one_class_alone_cannot_be_stacked() -> None:
    with pytest.raises(BadInput, match="allowed are 0 and 1"):
        fit_stack(TRUTH[:, None], np.zeros(4000, dtype=np.int8), ONES)


@given(st.floats(1e-8, 1 - 1e-8))
def test_log_odds_and_back_is_the_same_probability(p: float) -> None:
    assert sigmoid(log_odds(np.array([p])))[0] == pytest.approx(p, rel=1e-9)


def test_certainty_has_finite_odds() -> None:
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()
    assert sigmoid(np.array([-1e4, 1e4])).tolist() == [0, 1]
