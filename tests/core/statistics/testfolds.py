# file: tests/core/statistics/testfolds.py
from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.statistics.folds import (
    Span,
    WalkFold,
    audit_purge,
    groups,
    paths,
    purge_mask,
    splits,
    walk_forward,
)

TEST = [Span(10, 20)]
type Labels = list[tuple[int, int]]


def test_each_block_but_the_first_is_tested_by_what_came_before_it() -> None:
    walked = walk_forward(0, 40, 3)
    assert walked == [WalkFold(n, Span(0, 10 * n), Span(10 * n, 10 * n + 10)) for n in (1, 2, 3)]
    rolling = walk_forward(0, 40, 3, anchored=False)
    assert [fold.train for fold in rolling] == [Span(0, 10), Span(10, 20), Span(20, 30)]
    assert [fold.train.end for fold in walk_forward(0, 40, 3, purge=2, embargo=3)] == [5, 15, 25]


@given(
    start=st.integers(-(10**18), 10**18),
    length=st.integers(10**4, 10**18),
    folds=st.integers(1, 20),
    purge=st.integers(0, 200),
    embargo=st.integers(0, 200),
    anchored=st.booleans(),
)
def test_no_training_touches_its_test_and_the_tests_lie_end_to_end(
    start: int, length: int, folds: int, purge: int, embargo: int, anchored: bool
) -> None:
    found = walk_forward(start, start + length, folds, purge, embargo, anchored)
    assert [fold.number for fold in found] == list(range(1, folds + 1))
    assert all(fold.train.end + purge + embargo == fold.test.start for fold in found)
    assert all(one.test.end == two.test.start for one, two in itertools.pairwise(found))
    assert found[-1].test.end == start + length


def test_splits_are_every_choice_in_order() -> None:
    assert splits(3, 2) == [(0, 1), (0, 2), (1, 2)]
    assert splits() == splits(10, 2)
    assert len(splits(10, 2)) == 45
    assert paths(10, 2).shape == (9, 10)


@given(n=st.integers(2, 9), k=st.integers(1, 8))
def test_every_test_of_every_split_is_in_one_path(n: int, k: int) -> None:
    k = min(k, n - 1)
    found, choices = paths(n, k), splits(n, k)
    assert found.shape == (math.comb(n, k) * k // n, n)
    used = {(int(split), group) for path in found for group, split in enumerate(path)}
    assert used == {(number, group) for number, split in enumerate(choices) for group in split}


@given(start=st.integers(-(10**18), 10**18), length=st.integers(50, 10**18), n=st.integers(1, 50))
def test_groups_cover_the_period_in_equal_parts(start: int, length: int, n: int) -> None:
    found = groups(start, start + length, n)
    assert (found[0].start, found[-1].end, len(found)) == (start, start + length, n)
    assert all(one.end == two.start for one, two in itertools.pairwise(found))
    assert np.ptp([span.end - span.start for span in found]) <= 1


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: groups(0, 10, 0), "groups were 0"),
        (lambda: groups(0, 10, 11), "at least 1 ns for each of 11 groups"),
        (lambda: paths(10, 0), "tested groups were 0 of 10"),
        (lambda: paths(10, 10), "tested groups were 10 of 10"),
        (lambda: paths(1, 1), "tested groups were 1 of 1"),
        (lambda: Span(3, 2), "end of a span was 2, allowed is its start 3 or later"),
        (lambda: purge_mask(*columns([(5, 4)]), TEST, 0), "end at or after each start"),
        (lambda: purge_mask(*columns([(4, 5)]), TEST, -1), "embargo was -1 ns"),
        (lambda: walk_forward(0, 40, 0), "folds was 0, allowed is 1 or more"),
        (lambda: walk_forward(0, 40, 3, -1), "purge was -1 ns"),
        (lambda: walk_forward(0, 40, 3, 0, -1), "embargo -1 ns"),
        (
            lambda: walk_forward(0, 40, 3, 5, 5),
            "purge and embargo were 10 ns, allowed is less than the 10 ns before the test of fold 1",
        ),
    ],
)
def test_what_cannot_be_cut_tested_or_purged_is_refused(call: Callable[[], object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        call()


def test_one_group_is_the_whole_period_and_a_span_may_be_empty() -> None:
    assert (groups(5, 9, 1), Span(3, 3).start) == ([Span(5, 9)], 3)


def columns(labels: Labels) -> tuple[Ints, Ints]:
    starts, ends = np.array(labels, dtype=np.int64).reshape(-1, 2).T
    return starts, ends


@pytest.mark.parametrize(
    ("labels", "embargo", "tests", "kept"),
    [
        ([(0, 9), (0, 10), (12, 13), (19, 25), (5, 30), (20, 22)], 0, TEST, [True, False, False, False, False, True]),
        ([(20, 21), (22, 23), (23, 24), (5, 9)], 3, TEST, [False, False, True, True]),
        ([(0, 1), (5, 6), (12, 13), (18, 19)], 0, [Span(5, 7), Span(12, 15)], [True, False, False, True]),
        ([(0, 1)], 0, [], [True]),
        ([(0, 20)], 0, [Span(10, 10)], [True]),
        ([], 0, TEST, []),
    ],
    ids=["touching", "embargo", "every test counts", "no test", "empty test", "no labels"],
)
def test_labels_that_touch_a_test_or_start_soon_after_it_are_left_out(
    labels: Labels, embargo: int, tests: list[Span], kept: list[bool]
) -> None:
    assert purge_mask(*columns(labels), tests, embargo).tolist() == kept


TESTS = [Span(40, 50), Span(10, 20)]


def audited(labels: Labels, embargo: int = 5, tests: list[Span] | None = None) -> None:
    audit_purge(*columns(labels), TESTS if tests is None else tests, embargo, "fold 3")


def test_clean_labels_pass_and_so_does_nothing_to_test_or_train() -> None:
    audited([(0, 9), (25, 39), (55, 90)])
    audited([(0, 90)], tests=[])
    audited([(0, 90)], tests=[Span(10, 10)])
    audited([])


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([(0, 9), (30, 40)], "fold 3: label 1 from 30 to 40 overlaps the test from 40 to 50"),
        ([(24, 30)], "label 0 from 24 to 30 starts 4 ns after the test from 10 to 20"),
        ([(0, 90)], "label 0 from 0 to 90 overlaps"),
        ([(5, 4)], "runs backwards"),
    ],
)
def test_a_label_that_leaks_into_a_test_is_named(labels: Labels, sentence: str) -> None:
    with pytest.raises(RunFailed, match=sentence):
        audited(labels)


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 10)), max_size=5)
LABELS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 15)), max_size=10)


@given(spans=SPANS, labels=LABELS, embargo=st.integers(0, 8))
def test_it_refuses_exactly_what_purging_leaves_out(spans: Labels, labels: Labels, embargo: int) -> None:
    tests = [Span(start, start + length) for start, length in spans]
    for start, length in labels:
        clean = purge_mask(np.array([start]), np.array([start + length]), tests, embargo)[0]
        if clean:
            audited([(start, start + length)], embargo, tests)
        else:
            with pytest.raises(RunFailed, match="label 0"):
                audited([(start, start + length)], embargo, tests)
