# file: tests/core/validation/testverdict.py
from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.config.validation import Thresholds
from tradingbot.core.statistics.intraday import Intraday
from tradingbot.core.time import DAY
from tradingbot.core.validation.criteria import CRITERIA
from tradingbot.core.validation.evaluation import OWN
from tradingbot.core.validation.evidence import CompetingTrial, Evidence, Facts, facts_of, pooled
from tradingbot.core.validation.record import Answer, Criterion
from tradingbot.core.validation.verdict import (
    StressAnswer,
    criterion_sentence,
    decide,
    interval_answer,
    looser,
    remedies,
)


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "low", "high", "expected"),
    [
        (2.0, 2.0, True, 1.0, 3.0, "pass"),
        (2.5, 2.0, True, None, None, "pass"),
        (1.9, 2.0, True, 1.0, 2.8, "unsettled"),
        (1.9, 2.0, True, None, None, "unsettled"),
        (1.0, 2.0, True, 0.1, 1.99, "fail"),
        (1.0, 2.0, True, 0.1, 2.0, "unsettled"),
        (0.15, 0.15, False, None, None, "pass"),
        (0.16, 0.15, False, 0.14, 0.2, "unsettled"),
        (0.16, 0.15, False, 0.151, 0.2, "fail"),
        (None, 2.0, True, None, None, "unsettled"),
    ],
)
def test_a_limit_is_kept_broken_or_open(
    value: float | None, limit: float, at_least: bool, low: float | None, high: float | None, expected: str
) -> None:
    assert interval_answer(value, limit, at_least, low, high) == expected


numbers = st.floats(-10, 10)


@given(numbers, numbers, st.booleans(), numbers, numbers)
def test_the_two_sides_mirror_each_other(value: float, limit: float, at_least: bool, a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    assert interval_answer(value, limit, at_least, low, high) == interval_answer(
        -value, -limit, not at_least, -high, -low
    )


@pytest.mark.parametrize(
    ("limit", "own", "at_least", "expected"),
    [(1.9, 2.0, True, True), (2.0, 2.0, True, False), (2.1, 2.0, True, False), (0.2, 0.15, False, True)],
)
def test_a_limit_that_is_easier_than_the_programs_own_is_seen(
    limit: float, own: float, at_least: bool, expected: bool
) -> None:
    assert looser(limit, own, at_least) is expected


def criterion(answer: Answer, **fields: object) -> Criterion:
    made = dict(
        name="sharpe", title="Sharpe ratio, annual", value=1.5, limit=2.0, own_limit=2.0, at_least=True,
        answer=answer, why="",
    )  # fmt: skip
    return Criterion.model_validate(made | fields)


def stress(answer: Answer) -> StressAnswer:
    return StressAnswer("fees x1.5", answer, f"fees x1.5 was {answer}")


TABLE = [
    # criteria, stresses, broken rules -> verdict
    (["pass", "pass"], ["pass"], [], "PASS"),
    (["pass", "unsettled"], ["pass"], [], "INSUFFICIENT_EVIDENCE"),
    (["pass", "pass"], ["unsettled"], [], "INSUFFICIENT_EVIDENCE"),
    (["pass", "pass"], [], [], "INSUFFICIENT_EVIDENCE"),
    (["pass", "pass"], ["pass", "not_applicable"], [], "PASS"),
    (["pass", "pass"], ["not_applicable"], [], "INSUFFICIENT_EVIDENCE"),
    (["pass", "pass"], ["fail", "not_applicable"], [], "FAIL"),
    (["pass", "fail"], ["pass"], [], "FAIL"),
    (["unsettled", "fail"], ["pass"], [], "FAIL"),
    (["pass", "pass"], ["fail"], [], "FAIL"),
    (["pass", "pass"], ["pass"], ["the account was ruined"], "FAIL"),
    (["unsettled", "unsettled"], ["unsettled"], [], "INSUFFICIENT_EVIDENCE"),
    (["fail", "fail"], ["fail"], ["ruined"], "FAIL"),
]


@pytest.mark.parametrize(("criteria", "stresses", "broken", "value"), TABLE)
def test_the_answers_alone_decide(
    criteria: list[Answer], stresses: list[Answer], broken: list[str], value: str
) -> None:
    found = decide([criterion(item) for item in criteria], [stress(item) for item in stresses], broken)
    assert found.value == value


_ANSWERS: tuple[Answer, ...] = ("pass", "fail", "unsettled")


def test_only_all_pass_passes_whatever_the_combination() -> None:
    for answers in itertools.product(_ANSWERS, repeat=4):
        found = decide([criterion(item) for item in answers[:3]], [stress(answers[3])])
        assert (found.value == "PASS") == (set(answers) == {"pass"})
        assert (found.value == "FAIL") == ("fail" in answers)


def test_the_worst_reason_comes_first_and_says_how_many_follow() -> None:
    found = decide([criterion("unsettled"), criterion("fail")], [stress("pass")], ["the account was ruined"])
    assert (found.reason, len(found.reasons)) == ("the account was ruined (and 2 more)", 3)
    assert found.reasons[0] == "the account was ruined"
    # What would settle it is told where more evidence can.
    passed, failed, open_ = (decide([criterion(answer)], [stress("pass")], settle=["7 months"]) for answer in _ANSWERS)
    assert (passed.reason, passed.settle) == ("every criterion and every stress holds", ())
    assert failed.settle[0].startswith("another strategy, or other parameters as a new candidate")
    assert open_.settle == ("7 months",)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "Sharpe ratio, annual was 1.50, allowed is at least 2.00"),
        ({"value": None}, "Sharpe ratio, annual was undefined, allowed is at least 2.00"),
        (
            {"low": -0.2, "high": 3.2},
            "Sharpe ratio, annual was 1.50, allowed is at least 2.00, 95 % interval -0.20 to 3.20",
        ),
        (
            {"title": "Closed trades", "unit": "count", "value": 1234, "limit": 500},
            "Closed trades was 1,234, allowed is at least 500",
        ),
        (
            {"title": "Maximum drawdown", "unit": "share", "value": 0.183, "limit": 0.15, "at_least": False},
            "Maximum drawdown was 18.3 %, allowed is at most 15.0 %",
        ),
        ({"title": "p", "unit": "p", "value": 0.0712, "limit": 0.05, "at_least": False}, "p was 0.071, allowed is at"),
    ],
)
def test_a_reason_says_what_was_and_what_is_allowed(fields: dict[str, object], line: str) -> None:
    assert criterion_sentence(criterion("unsettled", **fields)).startswith(line)


def evidence(returns: np.ndarray, trades: int = 100, start: int = 0) -> Evidence:
    rng = np.random.default_rng(4)
    days = (start + 1 + np.arange(len(returns), dtype=np.int64)) * DAY
    entries = days[0] - DAY + np.linspace(0, len(returns) * DAY * 0.98, trades).astype(np.int64)
    fractions = rng.normal(0.001, 0.01, trades)
    return Evidence(
        days=days, returns=returns, intraday=Intraday.of_ends(returns), entries=entries, exits=entries + DAY // 100,
        pnl=fractions * 10_000, instruments=np.zeros(trades, dtype=np.int64), fractions=fractions,
    )  # fmt: skip


def facts(made: Evidence, rivals: Sequence[CompetingTrial] = (), resamples: int = 200) -> Facts:
    return facts_of(made, rivals, days_per_year=365, resamples=resamples, share=0.05, seed=1)


NOISE = np.random.default_rng(2).normal(0.001, 0.01, 365)


def sentences(found: Facts, limits: Thresholds = OWN, stresses: tuple[StressAnswer, ...] = ()) -> list[str]:
    return remedies(found, [judge(found, limits, OWN) for judge in CRITERIA], stresses)


def test_missing_trades_are_counted_and_timed() -> None:
    told = sentences(facts(evidence(NOISE, trades=250)))
    assert told[0] == "about 250 more trades, or 12 months more at this pace"
    assert told[1].startswith("about 250 more effective trades, or ")


def test_what_is_open_says_which_way_it_has_to_go_and_what_was_not_run_is_named() -> None:
    found = facts(evidence(NOISE))
    assert found.sharpe is not None
    told = [item for item in sentences(found, Thresholds(sharpe=found.sharpe + 0.5)) if item.startswith("Sharpe")]
    assert "is out of reach; to pass, it has to rise from" in told[0]
    told = [item for item in sentences(found, Thresholds(cvar=0.0185)) if item.startswith("CVaR")]
    assert "to pass, it has to fall from" in told[0]
    assert " %" in told[0]
    told = sentences(found, stresses=(StressAnswer("fees x1.5", "unsettled", "", missing=True),))
    assert "run what was left out: fees x1.5 (--budget full)" in told
    # Nothing is open where every criterion passes.
    shares = {"max_drawdown": 0.9, "cvar": 0.9, "adjusted_p": 0.99}
    easy = Thresholds.model_validate(shares | {"trades": 1, "effective_trades": 1, "sharpe": 0, "profit_factor": 1})
    assert sentences(found, easy) == []


def test_rivals_with_too_few_common_days_do_not_count_and_others_raise_the_p_value() -> None:
    made = evidence(NOISE)
    rng = np.random.default_rng(9)
    early = (made.days[:10], rng.normal(0, 0.01, 10))
    others = [(made.days, rng.normal(0, 0.01, 365)) for _ in range(30)]
    alone, many = facts(made, [early], 400), facts(made, [early, *others], 400)
    assert (alone.rivals, many.rivals) == ((), tuple(range(1, 31)))
    assert alone.correction is not None
    assert many.correction is not None
    assert (many.correction.adjusted_p or 0) > (alone.correction.adjusted_p or 1) == alone.correction.own_p


def test_ten_times_the_same_trades_are_worth_the_same_as_once() -> None:
    made = evidence(NOISE, 120)
    per_trade = ("entries", "exits", "pnl", "instruments", "fractions")
    tenfold = replace(made, **{name: np.repeat(getattr(made, name), 10) for name in per_trade})  # type: ignore[arg-type]
    assert len(tenfold.pnl) == 1_200
    assert facts(tenfold).effective.count == pytest.approx(120, rel=0.05)


def test_parts_are_put_end_to_end_and_the_deepest_fall_is_kept() -> None:
    one, two = evidence(NOISE[:100]), evidence(NOISE[100:], start=100)
    both = pooled([one, two])
    assert np.array_equal(both.returns, NOISE)
    assert len(both.pnl) == 200
    assert both.growth[-1] == pytest.approx(np.prod(1 + NOISE))
    assert both.drawdown >= max(one.drawdown, two.drawdown) - 1e-12


def test_a_short_or_flat_record_has_no_statistics_and_no_answer() -> None:
    for returns in (NOISE[:10], np.zeros(100)):
        found = facts(evidence(returns))
        assert (found.paths, found.correction) == (None, None)
        answers = {judge(found, OWN, OWN).name: judge(found, OWN, OWN).answer for judge in CRITERIA}
        assert answers["adjusted_p"] == "unsettled"
