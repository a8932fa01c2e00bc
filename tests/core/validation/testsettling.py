# file: tests/core/validation/testsettling.py
"""What would settle an open verdict, and the criteria that open it, on evidence made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.config.validation import Thresholds
from tradingbot.core.statistics.intraday import Intraday
from tradingbot.core.validation.appraisal import CRITERIA, OWN
from tradingbot.core.validation.evidence import Evidence, pooled
from tradingbot.core.validation.facts import Facts, facts_of
from tradingbot.core.validation.settling import settling
from tradingbot.core.validation.stressanswer import StressAnswer

DAY = 86_400_000_000_000


def evidence(returns: np.ndarray, trades: int = 100, start: int = 0) -> Evidence:
    rng = np.random.default_rng(4)
    days = (start + 1 + np.arange(len(returns), dtype=np.int64)) * DAY
    entries = days[0] - DAY + np.linspace(0, len(returns) * DAY * 0.98, trades).astype(np.int64)
    fractions = rng.normal(0.001, 0.01, trades)
    return Evidence(
        days=days,
        returns=returns,
        intraday=Intraday.of_ends(returns),
        entries=entries,
        exits=entries + DAY // 100,
        pnl=fractions * 10_000,
        instruments=np.zeros(trades, dtype=np.int64),
        fractions=fractions,
    )


def facts(returns: np.ndarray, trades: int = 100, rivals: list[np.ndarray] | None = None) -> Facts:
    made = evidence(returns, trades)
    others = [(made.days, other) for other in rivals or []]
    return facts_of(made, others, days_per_year=365, resamples=200, share=0.05, seed=1)


NOISE = np.random.default_rng(2).normal(0.001, 0.01, 365)


def sentences(found: Facts, limits: Thresholds = OWN, stresses: tuple[StressAnswer, ...] = ()) -> list[str]:
    return settling(found, [judge(found, limits, OWN) for judge in CRITERIA], stresses)


def test_missing_trades_are_counted_and_timed() -> None:
    told = sentences(facts(NOISE, trades=250))
    assert told[0] == "about 250 more trades, or 12 months more at this pace"
    assert told[1].startswith("about 250 more effective trades, or ")


def test_an_open_sharpe_ratio_says_which_way_it_has_to_go() -> None:
    found = facts(NOISE)
    assert found.sharpe is not None
    told = [item for item in sentences(found, Thresholds(sharpe=found.sharpe + 0.5)) if item.startswith("Sharpe")]
    assert "is out of reach; to pass, it has to rise from" in told[0]


def test_an_open_tail_has_to_fall() -> None:
    found = facts(NOISE)
    told = [item for item in sentences(found, Thresholds(cvar=0.0185)) if item.startswith("CVaR")]
    assert "to pass, it has to fall from" in told[0]
    assert " %" in told[0]


def test_what_was_not_run_is_named() -> None:
    told = sentences(facts(NOISE), stresses=(StressAnswer("fees x1.5", "unsettled", "", missing=True),))
    assert "run what was left out: fees x1.5 (--budget full)" in told


def test_nothing_is_open_where_every_criterion_passes() -> None:
    easy = Thresholds(
        trades=1, effective_trades=1, sharpe=0, max_drawdown=0.9, profit_factor=1, cvar=0.9, adjusted_p=0.99
    )
    assert sentences(facts(NOISE), easy) == []


def test_rivals_with_too_few_common_days_do_not_count_and_others_raise_the_p_value() -> None:
    made = evidence(NOISE)
    rng = np.random.default_rng(9)
    early = (made.days[:10], rng.normal(0, 0.01, 10))
    others = [(made.days, rng.normal(0, 0.01, 365)) for _ in range(30)]
    alone = facts_of(made, [early], days_per_year=365, resamples=400, share=0.05, seed=1)
    many = facts_of(made, [early, *others], days_per_year=365, resamples=400, share=0.05, seed=1)
    assert alone.rivals == ()
    assert many.rivals == tuple(range(1, 31))
    assert alone.correction is not None
    assert many.correction is not None
    assert many.correction.adjusted_p is not None
    assert alone.correction.adjusted_p is not None
    assert many.correction.adjusted_p > alone.correction.adjusted_p == alone.correction.own_p


def test_ten_times_the_same_trades_are_worth_the_same_as_once() -> None:
    made = evidence(NOISE, 120)
    tenfold = Evidence(
        days=made.days,
        returns=made.returns,
        intraday=made.intraday,
        entries=np.repeat(made.entries, 10),
        exits=np.repeat(made.exits, 10),
        pnl=np.repeat(made.pnl, 10),
        instruments=np.repeat(made.instruments, 10),
        fractions=np.repeat(made.fractions, 10),
    )
    found = facts_of(tenfold, [], days_per_year=365, resamples=200, share=0.05, seed=1)
    assert len(tenfold.pnl) == 1_200
    assert found.effective.count == pytest.approx(120, rel=0.05)


def test_parts_are_put_end_to_end_and_the_deepest_fall_is_kept() -> None:
    one, two = evidence(NOISE[:100]), evidence(NOISE[100:], start=100)
    both = pooled([one, two])
    assert np.array_equal(both.returns, NOISE)
    assert len(both.pnl) == 200
    assert both.growth[-1] == pytest.approx(np.prod(1 + NOISE))
    assert both.drawdown >= max(one.drawdown, two.drawdown) - 1e-12


def test_a_short_or_flat_record_has_no_statistics_and_no_answer() -> None:
    for returns in (NOISE[:10], np.zeros(100)):
        found = facts(returns)
        assert found.paths is None
        assert found.correction is None
        answers = {judge(found, OWN, OWN).name: judge(found, OWN, OWN).answer for judge in CRITERIA}
        assert answers["adjusted_p"] == "unsettled"
