# file: tests/core/validation/testverdict.py
"""The decision rule, by table."""

from __future__ import annotations

import itertools

import pytest

from tradingbot.core.report.validation.record import Answer, Criterion
from tradingbot.core.validation.stressanswer import StressAnswer
from tradingbot.core.validation.verdict import decide, phrase


def criterion(answer: Answer, **fields: object) -> Criterion:
    made = {
        "name": "sharpe",
        "title": "Sharpe ratio, annual",
        "value": 1.5,
        "limit": 2.0,
        "own_limit": 2.0,
        "at_least": True,
        "answer": answer,
        "why": "",
    }
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


ANSWERS: tuple[Answer, ...] = ("pass", "unsettled", "fail")


def test_only_all_pass_passes_whatever_the_combination() -> None:
    for answers in itertools.product(ANSWERS, repeat=4):
        found = decide([criterion(item) for item in answers[:3]], [stress(answers[3])])
        assert (found.value == "PASS") == (set(answers) == {"pass"})
        assert (found.value == "FAIL") == ("fail" in answers)


def test_the_worst_reason_comes_first_and_says_how_many_follow() -> None:
    found = decide([criterion("unsettled"), criterion("fail")], [stress("pass")], ["the account was ruined"])
    assert found.reason == "the account was ruined (and 2 more)"
    assert found.reasons[0] == "the account was ruined"
    assert len(found.reasons) == 3


def test_a_pass_says_so_and_has_nothing_to_settle() -> None:
    found = decide([criterion("pass")], [stress("pass")], settle=["more trades"])
    assert (found.reason, found.settle) == ("every criterion and every stress holds", ())


def test_a_failure_is_not_mended_by_more_of_the_same() -> None:
    found = decide([criterion("fail")], [stress("pass")], settle=["more trades"])
    assert found.settle[0].startswith("another strategy, or other parameters as a new candidate")


def test_an_open_verdict_keeps_what_would_settle_it() -> None:
    assert decide([criterion("unsettled")], [stress("pass")], settle=["7 months"]).settle == ("7 months",)


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
    assert phrase(criterion("unsettled", **fields)).startswith(line)
