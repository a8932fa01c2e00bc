# file: tests/learning/labels/testdirection.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.uniqueness import average_uniqueness, draw_probabilities
from tradingbot.learning.labels.direction import direction, span_ends
from tradingbot.learning.labels.triplebarrier import Outcome


def outcome(net: list[float], ends: list[int]) -> Outcome:
    values = np.array(net)
    return Outcome(np.array(ends, dtype=np.int64), np.zeros(len(net), np.int8), values, values)


def test_a_label_is_the_side_that_alone_pays() -> None:
    long = outcome([0.01, -0.01, -0.01, 0.01, 0.0], [1, 2, 3, 4, 5])
    short = outcome([-0.01, 0.01, -0.01, 0.01, 0.0], [5, 1, 3, 2, 9])
    assert direction(long, short).tolist() == [1, -1, 0, 0, 0]


def test_a_label_is_known_when_both_outcomes_are() -> None:
    assert span_ends(outcome([0, 0], [1, 9]), outcome([0, 0], [5, 2])).tolist() == [5, 9]


def test_spans_of_labels_have_the_published_uniqueness() -> None:
    # Lopez de Prado (2018), section 4.5.3: labels from 0 to 2, 2 to 3 and 4 to 5.
    starts = np.array([0, 2, 4])
    ends = span_ends(outcome([0, 0, 0], [2, 3, 5]), outcome([0, 0, 0], [1, 3, 4]))
    np.testing.assert_allclose(average_uniqueness(starts, ends), [5 / 6, 3 / 4, 1])
    drawn = draw_probabilities(starts, ends, np.array([1]))
    np.testing.assert_allclose(drawn, [5 / 14, 3 / 14, 6 / 14])


def test_outcomes_of_other_decisions_are_refused() -> None:
    for asked in (direction, span_ends):
        with pytest.raises(BadInput, match="longs were 2, shorts 1, allowed is one of each for a decision"):
            asked(outcome([0.1, 0.2], [1, 2]), outcome([0.1], [1]))
