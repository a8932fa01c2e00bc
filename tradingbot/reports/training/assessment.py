# file: reports/training/assessment.py
"""Assessment of a training: whether the model beat its baseline, and the t-statistic of its net return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.validation.record import Answer
from tradingbot.learning.training.record import ModelScore, TrainingRecord
from tradingbot.reports.training.wording import basis_points, score, strength_thresholds, target_words

_CLEAR = 2.0
_WORDS = {
    "earns": "EXPECTED TO EARN",
    "luck": "NOT TOLD FROM LUCK",
    "loses": "NOT EXPECTED TO EARN",
    "abstains": "ABSTAINS ALWAYS",
    "untested": "TOOK NO TRADE",
}
_ENDS = {
    "earns": "is expected to earn after costs",
    "luck": "earned after costs no more than luck alone might",
    "loses": "is not expected to earn after costs",
    "abstains": "abstains always",
    "untested": "took no trade on rows it had not seen",
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """`word` is a headline and `answer` its colour, `lead` the sentence, `reasons` the numbers behind it."""

    word: str
    answer: Answer
    lead: str
    reasons: tuple[str, ...]


def assess(record: TrainingRecord) -> Assessment:
    """Return what a training's numbers amount to; it is no verdict, which only validation gives."""
    kind, beat = _kind(record), _beat(record)
    began = {
        True: "beat the baseline",
        False: "did not beat the baseline",
        None: "could not be compared with a baseline",
    }
    joint = "and" if (beat is True) == (kind == "earns") else "but"
    where = " on this synthetic market" if record.origin.synthetic and kind == "earns" else ""
    return Assessment(
        word=_WORDS[kind],
        answer=_answer(kind, beat),
        lead=f"The model {began[beat]} {joint} {_ENDS[kind]}{where}.",
        reasons=tuple(line for line in (_apart(record), _earned(record), _from(record)) if line),
    )


def t_statistic(record: TrainingRecord) -> float | None:
    """Return how many standard errors the traded model's net return lies from nought; None where that is undefined.

    The error is that of a sum of independent days.
    """
    total = next((one.total for one in reversed(record.curves) if one.name == record.scores[-1].name), ())
    if len(total) < 2:
        return None
    earned = np.diff(np.array(total, dtype=np.float64), prepend=0.0)
    error = float(earned.std(ddof=1)) * len(earned) ** 0.5
    return float(earned.sum()) / error if error > 0 else None


def _kind(record: TrainingRecord) -> str:
    if record.strengths.weak is None:
        return "abstains"
    mean = record.scores[-1].mean_net if record.scores else None
    if mean is None:
        return "untested"
    if mean <= 0:
        return "loses"
    return "earns" if (t_statistic(record) or 0.0) >= _CLEAR else "luck"


def _answer(kind: str, beat: bool | None) -> Answer:
    if kind in {"loses", "abstains"}:
        return "fail"
    return "pass" if kind == "earns" and beat else "unsettled"


def _beat(record: TrainingRecord) -> bool | None:
    """Both by order and by honesty of the probabilities, or not at all."""
    if len(record.scores) < 2:
        return None
    base, model = record.scores[0], record.scores[-1]
    if base.auc is None or model.auc is None or base.log_loss is None or model.log_loss is None:
        return None
    return model.auc > base.auc and model.log_loss < base.log_loss


def _apart(record: TrainingRecord) -> str:
    if len(record.scores) < 2:
        return ""
    base, model = record.scores[0], record.scores[-1]
    if model.auc is None and model.log_loss is None:
        return f"how well it tells {target_words(record)} is not known"
    return (
        f"on rows that no fit had seen it told {target_words(record)} with an AUC of {score(model.auc)} (baseline"
        f" {score(base.auc)}; a coin has 0.500) and a log loss of {number(model.log_loss, 4)} (baseline"
        f" {number(base.log_loss, 4)}; less is better)"
    )


def _earned(record: TrainingRecord) -> str:
    if not record.scores or record.scores[-1].trades is None:
        return ""
    if not record.scores[-1].trades:
        return "followed there, it would not have traded once"
    return f"followed there, {_following(record.scores[-1])}{_rival(record)}{_doubt(record)}"


def _following(one: ModelScore) -> str:
    trades = f"{number(one.trades, 0)} {'trade' if one.trades == 1 else 'trades'}"
    return f"{trades} would have made {basis_points(one.mean_net)} each net of costs, net Sharpe {number(one.sharpe)}"


def _rival(record: TrainingRecord) -> str:
    if len(record.scores) < 2:
        return ""
    base = record.scores[0]
    return f" (baseline {number(base.sharpe)} in {number(base.trades, 0)})" if base.trades else " (baseline: no trade)"


def _doubt(record: TrainingRecord) -> str:
    distance = t_statistic(record)
    if distance is None:
        return ""
    return f": {number(distance, 1, sign=True)} standard errors from nought"


def _from(record: TrainingRecord) -> str:
    steps = strength_thresholds(record.strengths)
    if not steps:
        return "no probability was found from which a trade pays its costs, so the model will never signal"
    return f"the final model trades when it is {percent(steps[0][1])} sure or more"
