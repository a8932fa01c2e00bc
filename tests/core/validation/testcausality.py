# file: tests/core/validation/testcausality.py
"""Features that know the future are named with the row that gives them away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.validation.causality import audit_causal
from tradingbot.core.validation.evidence import Floats
from tradingbot.core.validation.stress.regimes import causal_regimes

VALUES = np.cumsum(np.random.default_rng(4).normal(size=200))


def next_value(values: Floats) -> Floats:
    return np.append(values[1:], np.nan)


def standardised(values: Floats) -> Floats:
    scores: Floats = (values - values.mean()) / values.std()
    return scores


def centred_mean(values: Floats) -> Floats:
    return np.convolve(values, np.ones(3) / 3, mode="same")


@pytest.mark.parametrize("feature", [next_value, standardised, centred_mean])
def test_a_feature_that_knows_later_rows_is_refused(feature: Callable[[Floats], Floats]) -> None:
    with pytest.raises(RunFailed, match=r"^momentum: row \d+ was .* it reads rows that had not come yet$"):
        audit_causal(feature, VALUES, "momentum")


def test_the_row_that_gives_it_away_is_named_with_both_values() -> None:
    values = np.arange(100.0)
    with pytest.raises(RunFailed, match=r"^f: row 24 was 25 with all 100 rows and nan with the first 25; it reads"):
        audit_causal(next_value, values, "f")


def past_mean(values: Floats) -> Floats:
    return np.cumsum(values) / np.arange(1, len(values) + 1)


def lagged(values: Floats) -> Floats:
    return np.append([np.nan], values[:-1])


@pytest.mark.parametrize("feature", [past_mean, lagged, np.copy])
def test_a_feature_of_the_past_is_let_through_undefined_rows_included(feature: Callable[[Floats], Floats]) -> None:
    audit_causal(feature, VALUES, "momentum")


def test_the_regimes_of_the_stress_know_the_past_only() -> None:
    audit_causal(lambda values: causal_regimes(values).astype(float), np.diff(VALUES) / 50, "regimes")


def test_a_feature_that_drops_rows_is_refused() -> None:
    with pytest.raises(RunFailed, match=r"^f: it made 49 numbers of 50 rows, allowed is one of each$"):
        audit_causal(np.diff, VALUES, "f")
