# file: tests/core/folds/testaudit.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import RunFailed
from tradingbot.core.folds.audit import audit
from tradingbot.core.folds.purge import keep
from tradingbot.core.folds.span import Span

TESTS = [Span(40, 50), Span(10, 20)]


def audited(*labels: tuple[int, int], embargo: int = 5, tests: list[Span] | None = None) -> None:
    starts, ends = (np.array([label[side] for label in labels], dtype=np.int64) for side in (0, 1))
    audit(starts, ends, TESTS if tests is None else tests, embargo, "fold 3")


def test_clean_labels_pass() -> None:
    audited((0, 9), (25, 39), (55, 90))


def test_a_label_that_reaches_into_a_test_is_named() -> None:
    with pytest.raises(RunFailed, match="fold 3: label 1 from 30 to 40 overlaps the test from 40 to 50"):
        audited((0, 9), (30, 40))


def test_a_label_inside_the_embargo_is_named() -> None:
    with pytest.raises(RunFailed, match="label 0 from 24 to 30 starts 4 ns after the test from 10 to 20"):
        audited((24, 30))


def test_a_label_around_a_test_is_found() -> None:
    with pytest.raises(RunFailed, match="label 0 from 0 to 90 overlaps"):
        audited((0, 90))


def test_nothing_to_test_or_train_passes() -> None:
    audited((0, 90), tests=[])
    audited((0, 90), tests=[Span(10, 10)])
    audited()


def test_labels_that_run_backwards_are_refused() -> None:
    with pytest.raises(RunFailed, match="runs backwards"):
        audited((5, 4))


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 10)), max_size=5)
LABELS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 15)), max_size=10)


@given(spans=SPANS, labels=LABELS, embargo=st.integers(0, 8))
def test_it_refuses_exactly_what_purging_leaves_out(
    spans: list[tuple[int, int]], labels: list[tuple[int, int]], embargo: int
) -> None:
    tests = [Span(start, start + length) for start, length in spans]
    for start, length in labels:
        clean = keep(np.array([start]), np.array([start + length]), tests, embargo)[0]
        if clean:
            audited((start, start + length), embargo=embargo, tests=tests)
        else:
            with pytest.raises(RunFailed, match="label 0"):
                audited((start, start + length), embargo=embargo, tests=tests)
