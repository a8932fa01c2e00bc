# file: tests/reports/training/testassessment.py
from __future__ import annotations

from typing import Any

import pytest

from tests.reports.training.samples import EVERY, NEVER, sample
from tradingbot.learning.training.record import Curve, TrainingRecord
from tradingbot.reports.training.assessment import assess, t_statistic


def _with(traded: dict[str, Any], **more: Any) -> TrainingRecord:
    full = sample()
    *others, last = full.scores
    return full.model_copy(update={"scores": (*others, last.model_copy(update=traded)), **more})


def _noise() -> tuple[Curve, ...]:
    # Up and down in turn, with a little left: far within two standard errors.
    base, last = sample().curves
    wobble = tuple(0.01 * (place % 2) + 1e-6 * place for place in range(len(last.days)))
    return (base, last.model_copy(update={"total": wobble}))


@pytest.mark.parametrize(
    ("record", "word", "answer", "lead"),
    [
        (
            sample(),
            "Positive expected value (out of fold)",
            "pass",
            "The model beat the baseline and has a positive expected value after costs on this synthetic market.",
        ),
        (
            _with({"auc": 0.53}),
            "Positive expected value (out of fold)",
            "unsettled",
            "The model did not beat the baseline but has a positive expected value",
        ),
        (
            _with({}, curves=_noise()),
            "Not significant",
            "unsettled",
            "The model beat the baseline but its P&L after costs is not significantly different from zero",
        ),
        (_with({"mean_net": -0.0004}), "Negative expected value (out of fold)", "fail", "The model beat the baseline"),
        (_with({}, strengths=NEVER), "No trades: below threshold", "fail", "The model beat the baseline but never"),
        (_with({"trades": 0, "mean_net": None}), "No trades out of fold", "unsettled", "The model beat the baseline"),
    ],
)
def test_a_training_is_assessed_by_baseline_thresholds_and_net_pnl(
    record: TrainingRecord, word: str, answer: str, lead: str
) -> None:
    assessment = assess(record)
    assert (assessment.word, assessment.answer) == (word, answer)
    assert assessment.lead.startswith(lead)


def test_miscalibrated_probabilities_or_a_profit_without_a_curve_are_not_enough() -> None:
    assert "did not beat" in assess(_with({"log_loss": 0.70})).lead
    assert assess(_with({}, curves=())).word == "Not significant"


def test_reasons_say_why_nothing_is_traded() -> None:
    assert any("will never signal" in line for line in assess(_with({}, strengths=NEVER)).reasons)
    none = "simulated out of fold, it would not have traded once"
    assert none in assess(_with({"trades": 0, "mean_net": None})).reasons
    # Trades that nobody counted are not called none.
    assert not any("traded once" in line for line in assess(EVERY["hollow"]).reasons)


@pytest.mark.parametrize("kind", ["hollow", "bare"])
def test_unknown_scores_are_not_compared(kind: str) -> None:
    assert "could not be compared with a baseline" in assess(EVERY[kind]).lead


def test_the_t_statistic_is_the_sum_over_its_standard_error() -> None:
    curve = Curve(name="stack", days=("2024-01-01", "2024-01-02", "2024-01-03"), total=(0.01, 0.04, 0.06))
    # Days of 1, 3 and 2 %: a mean of 2 %, a standard deviation of 1 %.
    assert t_statistic(_with({}, curves=(curve,))) == pytest.approx(2 * 3**0.5)
    # Undefined without a trade.
    assert t_statistic(EVERY["silent"]) is None
    assert t_statistic(EVERY["bare"]) is None
