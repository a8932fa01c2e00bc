# file: tests/learning/drift/testadwin.py
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.learning.drift.adwin import Adwin

DELTA = 0.002


def _cuts(adwin: Adwin, values: Sequence[float]) -> list[int]:
    return [place for place, value in enumerate(values) if adwin.update(value, DELTA) is not None]


def test_a_constant_stream_is_never_cut_and_the_window_keeps_all_of_it() -> None:
    adwin = Adwin()
    assert not _cuts(adwin, [0.5] * 5000)
    assert adwin.width == 5000


def test_a_jump_of_the_mean_is_found_and_what_was_before_is_dropped() -> None:
    rng = np.random.default_rng(5)
    values = np.concatenate([rng.random(1000) * 0.5, rng.random(1000) * 0.5 + 0.3])
    adwin = Adwin()
    cuts = _cuts(adwin, values.tolist())
    assert 1000 <= cuts[0] < 1100
    assert 900 < adwin.width < 1010


def test_a_cut_tells_both_means_and_the_allowed_difference_of_the_paper() -> None:
    adwin = Adwin()
    assert not _cuts(adwin, [0.0] * 64)
    cut = next(cut for _ in range(100) if (cut := adwin.update(1.0, DELTA)) is not None)
    assert cut.before < cut.after <= 1
    assert cut.difference == pytest.approx(cut.after - cut.before)
    assert cut.difference > cut.limit


def test_the_first_cut_comes_where_the_papers_formula_says() -> None:
    # 64 zeros, then ones: the split into zeros and ones is the best, and one of the histogram's.
    def allowed(ones: int) -> float:
        n, harmonic = 64 + ones, 1 / 64 + 1 / ones
        share = ones / n
        log = math.log(2 * math.log(n) / DELTA)
        return math.sqrt(2 * harmonic * share * (1 - share) * log) + 2 / 3 * harmonic * log

    due = next(ones for ones in range(1, 64) if allowed(ones) < 1)
    assert _cuts(Adwin(), [0.0] * 64 + [1.0] * due) == [64 + due - 1]


def test_training_counts_as_what_came_before() -> None:
    rng = np.random.default_rng(6)
    values = (rng.random(400) < 0.7).astype(float).tolist()
    assert not _cuts(Adwin(), values)
    primed = Adwin(prior=(0.5, 0.25, 5000.0))
    assert primed.width == 5000
    assert len(_cuts(primed, values)) == 1
    assert primed.width <= 400


def test_memory_makes_the_same_change_take_longer_to_see() -> None:
    values = [0.0, 1.0] * 500 + [1.0] * 500
    first = [_cuts(Adwin(tau), values)[0] for tau in (1.0, 2.0, 4.0)]
    assert first == sorted(first)
    assert first[0] < first[-1]


def test_means_of_many_values_need_no_room_for_outliers() -> None:
    values = (0.5 + 0.01 * np.random.default_rng(7).standard_normal(400)).tolist() + [0.53] * 40
    assert not _cuts(Adwin(), values)
    assert _cuts(Adwin(reach=0.0), values)


@given(st.lists(st.booleans(), max_size=300))
def test_the_window_never_holds_more_than_it_was_given(values: list[bool]) -> None:
    adwin = Adwin()
    cuts = _cuts(adwin, [float(value) for value in values])
    assert adwin.width <= len(values)
    assert adwin.width == len(values) or cuts


def test_without_drift_cuts_are_rarer_than_delta_a_look() -> None:
    rng = np.random.default_rng(8)
    values = (rng.random(60_000) < 0.5).astype(float).tolist()
    adwin = Adwin()
    assert sum(adwin.update(value, 0.05) is not None for value in values) < 0.05 * len(values) / 20
