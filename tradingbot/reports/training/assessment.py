# file: reports/training/assessment.py
"""Assessment of a training: whether the model beat its baseline, and the t-statistic of its net P&L."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.messages.formatting import counted, number, percent
from tradingbot.core.validation.record import Answer
from tradingbot.learning.training.record import TrainingRecord
from tradingbot.reports.training.wording import TARGETS, basis_points, strength_thresholds

_SIGNIFICANT = 2.0
# Of each kind the headline and the end of the sentence.
_KINDS = {
    "positive": ("Positive expected value (out of fold)", "has a positive expected value after costs"),
    "luck": ("Not significant", "its P&L after costs is not significantly different from zero"),
    "negative": ("Negative expected value (out of fold)", "has a negative expected value after costs"),
    "never": ("No trades: below threshold", "never reaches the threshold from which it trades"),
    "untested": ("No trades out of fold", "took no trade on out-of-fold rows"),
}
_BASELINE = {
    True: "beat the baseline",
    False: "did not beat the baseline",
    None: "could not be compared with a baseline",
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
    word, end = _KINDS[kind]
    settled: Answer = "pass" if kind == "positive" and beat else "unsettled"
    joint = "and" if (beat is True) == (kind == "positive") else "but"
    where = " on this synthetic market" if record.origin.synthetic and kind == "positive" else ""
    return Assessment(
        word=word,
        answer="fail" if kind in {"negative", "never"} else settled,
        lead=f"The model {_BASELINE[beat]} {joint} {end}{where}.",
        reasons=tuple(line for line in (_separation(record), _net(record), _threshold(record)) if line),
    )


def t_statistic(record: TrainingRecord) -> float | None:
    """Return how many standard errors the traded model's net P&L is from zero; None where that is undefined.

    The standard error is that of a sum of independent days.
    """
    total = next((one.total for one in reversed(record.curves) if one.name == record.scores[-1].name), ())
    if len(total) < 2:
        return None
    daily = np.diff(np.array(total, dtype=np.float64), prepend=0.0)
    error = float(daily.std(ddof=1)) * len(daily) ** 0.5
    return float(daily.sum()) / error if error > 0 else None


def _kind(record: TrainingRecord) -> str:
    mean = record.scores[-1].mean_net if record.scores else None
    if record.strengths.weak is None:
        return "never"
    if mean is None:
        return "untested"
    if mean <= 0:
        return "negative"
    return "positive" if (t_statistic(record) or 0.0) >= _SIGNIFICANT else "luck"


def _beat(record: TrainingRecord) -> bool | None:
    """Both by ranking and by the calibration of the probabilities, or not at all."""
    if len(record.scores) < 2:
        return None
    base, model = record.scores[0], record.scores[-1]
    if base.auc is None or model.auc is None or base.log_loss is None or model.log_loss is None:
        return None
    return model.auc > base.auc and model.log_loss < base.log_loss


def _separation(record: TrainingRecord) -> str:
    if len(record.scores) < 2:
        return ""
    base, model, target = record.scores[0], record.scores[-1], TARGETS[record.origin.target]
    if model.auc is None and model.log_loss is None:
        return f"how well it separates {target} is not known"
    return (
        f"out of fold it separated {target} with an AUC of {number(model.auc, 3)} (baseline {number(base.auc, 3)};"
        f" random is 0.500) and a log loss of {number(model.log_loss, 4)} (baseline {number(base.log_loss, 4)};"
        " less is better)"
    )


def _net(record: TrainingRecord) -> str:
    if not record.scores or record.scores[-1].trades is None:
        return ""
    base, model, distance = record.scores[0], record.scores[-1], t_statistic(record)
    if not model.trades:
        return "simulated out of fold, it would not have traded once"
    beside = (
        f" (baseline {number(base.sharpe)} in {number(base.trades, 0)})" if base.trades else " (baseline: no trade)"
    )
    errors = "" if distance is None else f": {number(distance, 1, sign=True)} standard errors from zero"
    return (
        f"simulated out of fold, {counted(model.trades, 'trade')} would have made {basis_points(model.mean_net)} each"
        f" net of costs, net Sharpe {number(model.sharpe)}{beside if len(record.scores) > 1 else ''}{errors}"
    )


def _threshold(record: TrainingRecord) -> str:
    steps = strength_thresholds(record.strengths)
    if not steps:
        return "no probability was found from which a trade pays its costs, so the model will never signal"
    return f"the final model trades from a probability of {percent(steps[0][1])}"
