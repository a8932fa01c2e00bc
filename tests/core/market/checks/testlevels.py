# file: tests/core/market/checks/testlevels.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.checks.findings import T0, flat, one
from tests.core.market.checks.findings import check as checked
from tradingbot.core.market.checks.checker import Checker
from tradingbot.core.market.checks.defects import DefectKind, Findings, Severity
from tradingbot.core.market.checks.levels import level_shift, ratio
from tradingbot.core.market.columns import Bars, Kind, Trades
from tradingbot.core.market.series import Step


def check(bars: Bars, chunk: int = 10**9) -> Findings:
    return checked(bars, step=Step(1, "h"), chunk_rows=chunk, now=T0 + 10**18)


@pytest.mark.parametrize(
    ("price", "later", "shifted"),
    [
        (112.0, 0, False),  # ln 1.12 = 0.113 < 12 x 0.00995 = 0.119
        (113.0, 0, True),  # ln 1.13 = 0.122
        (149.0, 99, False),  # over 100 rows 4 x 0.00995 x 10 = 0.398, ln 1.49 = 0.3988 is just beyond
        (147.0, 99, False),
        (152.0, 99, True),
        (1 / 10, 0, True),
        (100_000.0, 336, True),
    ],
)
def test_a_level_may_change_by_what_the_market_moves(price: float, later: int, shifted: bool) -> None:
    found = level_shift(flat(40), flat(40, 40 + later, price))
    allowed = 0.00995033 * max(12, 4 * math.sqrt(later + 1))
    assert (abs(math.log(price / 100)) > allowed) == (found != 0)
    assert found == pytest.approx(math.log(price / 100)) or not shifted


def test_too_few_rows_are_judged_by_a_factor_of_two_and_one_bad_price_at_the_edge_is_no_level() -> None:
    assert level_shift(flat(3), flat(3, 3, 190.0)) == 0
    assert level_shift(flat(3), flat(3, 3, 210.0)) == pytest.approx(math.log(2.1))
    bars = flat(40)
    bars.close[-1] = 1_000.0
    assert level_shift(bars, flat(40, 40, 100.0)) == 0


@pytest.mark.parametrize(
    ("factor", "said"), [(1_000, "1,000 times"), (0.001, "1/1,000 of"), (0.5, "1/2 of"), (7, "7 times")]
)
def test_a_shift_is_told_as_people_say_it(factor: float, said: str) -> None:
    assert ratio(math.log(factor)) == said


@given(st.integers(1, 200), st.sampled_from([1_000.0, 0.001, 10.0, 0.25]))
@settings(max_examples=20)
def test_a_redenomination_within_a_file_is_refused_however_it_is_cut(chunk: int, factor: float) -> None:
    bars = Bars.join([flat(90), flat(90, 90, 100.0 * factor)])
    found = one(check(bars, chunk), DefectKind.LEVEL_SHIFT)
    assert (found.severity, found.count, found.first_row) == (Severity.REFUSE, 1, 90)
    assert ("--on-defect keep" in found.sentence) == (factor == 0.25)


def test_a_spike_and_a_crash_within_bars_are_no_level() -> None:
    spiked = flat(90)
    for column in (spiked.open, spiked.high, spiked.low, spiked.close):
        column[40] = 300.0
    crash = Bars.join([flat(45), flat(45, 45, 30.0)])
    crash.open[45] = 100.0
    for bars in (spiked, crash):
        assert check(bars).of(DefectKind.LEVEL_SHIFT) is None


def test_trades_of_another_coin_are_refused() -> None:
    price = np.concatenate([np.full(50, 60_000.0), np.full(50, 3_000.0)])
    ts, ids = T0 + np.arange(100) * 10**6, np.arange(100).astype(np.str_)
    checker = Checker(Kind.TRADES, None, None, None, T0 + 10**18)
    checker.feed(Trades(ts, price, np.ones(100), np.zeros(100, np.int8), ids))
    found = one(checker.finish(), DefectKind.LEVEL_SHIFT)
    assert "1/20 of" in found.sentence
