# file: tests/learning/models/portable/testparity.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.learning.models.portable.knots import IDENTITY
from tradingbot.learning.models.portable.linear import linear_of
from tradingbot.learning.models.portable.parity import check_log_odds, check_parity
from tradingbot.learning.models.portable.portable import Portable

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
