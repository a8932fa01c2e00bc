# file: tests/core/statistics/testbinomial.py
from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.binomial import clopper_pearson


def _at_most(hits: int, n: int, share: float) -> float:
    return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(hits + 1))


def test_no_hit_of_a_hundred_still_allows_three_and_a_half_percent_and_only_hits_reach_the_end() -> None:
    assert clopper_pearson(0, 100) == pytest.approx((0.0, 1 - 0.025 ** (1 / 100)))
    assert clopper_pearson(0, 100)[0] == 0
    assert clopper_pearson(20, 20) == pytest.approx((0.025 ** (1 / 20), 1.0))
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    with pytest.raises(BadInput, match=r"hits was 3, allowed is 0 to 2"):
        clopper_pearson(3, 2)
    with pytest.raises(BadInput, match=r"level was 0, allowed is between 0 and 1"):
        clopper_pearson(1, 2, level=0)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.9, 0.95]))
def test_at_each_bound_the_count_is_just_not_surprising(counts: tuple[int, int], level: float) -> None:
    hits, n = counts
    low, high = clopper_pearson(hits, n, level)
    assert low <= hits / n <= high
    if hits < n:
        assert _at_most(hits, n, high) == pytest.approx((1 - level) / 2, rel=1e-6)
    if hits:
        assert 1 - _at_most(hits - 1, n, low) == pytest.approx((1 - level) / 2, rel=1e-6)
