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


def _noise(record: TrainingRecord) -> tuple[Curve, ...]:
    # Up and down in turn, with a little left: far within two standard errors.
    last = record.curves[-1]
    wobble = tuple(0.01 * (place % 2) + 1e-6 * place for place in range(len(last.days)))
    return (record.curves[0], last.model_copy(update={"total": wobble}))


def test_a_model_that_beats_its_baseline_and_earns_passes() -> None:
    found = assess(sample())
    assert (found.word, found.answer) == ("EXPECTED TO EARN", "pass")
    assert found.lead == "The model beat the baseline and is expected to earn after costs on this synthetic market."


def test_one_that_earns_without_beating_it_is_unsettled() -> None:
    found = assess(_with({"auc": 0.53}))
    assert found.answer == "unsettled"
    assert found.lead.startswith("The model did not beat the baseline but is expected to earn")


def test_dishonest_probabilities_do_not_beat_the_baseline() -> None:
    assert "did not beat" in assess(_with({"log_loss": 0.70})).lead


def test_one_whose_profit_could_be_luck_is_told_so() -> None:
    found = assess(_with({}, curves=_noise(sample())))
    assert (found.word, found.answer) == ("NOT TOLD FROM LUCK", "unsettled")
    assert "but earned after costs no more than luck alone might" in found.lead


def test_a_profit_without_a_curve_is_not_called_expected() -> None:
    assert assess(_with({}, curves=())).word == "NOT TOLD FROM LUCK"


def test_one_that_loses_after_costs_fails() -> None:
    found = assess(_with({"mean_net": -0.0004}))
    assert (found.word, found.answer) == ("NOT EXPECTED TO EARN", "fail")


def test_one_without_thresholds_abstains_whatever_its_folds_earned() -> None:
    found = assess(_with({}, strengths=NEVER))
    assert (found.word, found.answer) == ("ABSTAINS ALWAYS", "fail")
    assert any("will never signal" in line for line in found.reasons)


def test_one_that_took_no_trade_out_of_fold_is_not_judged_by_its_earnings() -> None:
    found = assess(_with({"trades": 0, "mean_net": None}))
    assert (found.word, found.answer) == ("TOOK NO TRADE", "unsettled")
    assert "followed there, it would not have traded once" in found.reasons


def test_trades_that_nobody_counted_are_not_called_none() -> None:
    assert not any("traded once" in line for line in assess(EVERY["hollow"]).reasons)


@pytest.mark.parametrize("kind", ["hollow", "bare"])
def test_unknown_scores_are_not_compared(kind: str) -> None:
    assert "could not be compared with a baseline" in assess(EVERY[kind]).lead


def test_luck_is_the_sum_over_its_standard_error() -> None:
    curve = Curve(name="stack", days=("2024-01-01", "2024-01-02", "2024-01-03"), total=(0.01, 0.04, 0.06))
    # Days of 1, 3 and 2 %: a mean of 2 %, a standard deviation of 1 %.
    assert t_statistic(_with({}, curves=(curve,))) == pytest.approx(2 * 3**0.5)


def test_luck_is_undefined_without_a_trade() -> None:
    assert t_statistic(EVERY["silent"]) is None
    assert t_statistic(EVERY["bare"]) is None
