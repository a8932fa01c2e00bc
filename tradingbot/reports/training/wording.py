# file: reports/training/wording.py
"""Names and units of a training report: models, label classes, basis points, scores, strength thresholds."""

from __future__ import annotations

from tradingbot.core.messages.formatting import NONE, number, percent
from tradingbot.core.portfolio.ratios import LEAST_DAYS, LEAST_TRADES
from tradingbot.learning.training.record import ModelScore, Strengths, TrainingRecord

SCORE_HEADS = ("AUC", "Log loss", "Brier score", "Trades", "Net P&L a trade", "Profit factor", "Net Sharpe")
SMALL_SAMPLE_NOTE = (
    f"Greyed are Sharpe ratios from fewer than {LEAST_DAYS} days and profit factors from fewer than {LEAST_TRADES}"
    " trades."
)
TARGETS = {"direction": "up from down", "meta": "entries that pay from those that do not"}
"""What a model has to separate, by the target of its labels."""
_CLASSES = {"direction": ("up", "down", "neither"), "meta": ("pays", "does not pay", "no label")}


def basis_points(value: float | None) -> str:
    """Return a fraction in hundredths of a percent, its sign always with it."""
    return NONE if value is None else f"{number(value * 1e4, 1, sign=True)} bp"


def score_cells(one: ModelScore) -> list[str]:
    """Return the cells under `SCORE_HEADS`."""
    scores = [number(one.auc, 3), number(one.log_loss, 4), number(one.brier, 4), number(one.trades, 0)]
    return [*scores, basis_points(one.mean_net), number(one.profit_factor), number(one.sharpe)]


def labelled_models(record: TrainingRecord) -> list[tuple[str, ModelScore]]:
    """Return each model with its name and its role: the first is the baseline, the last is traded."""
    last = len(record.scores) - 1
    roles = {0: " (baseline)"} | ({last: " (traded)"} if last > 0 else {})
    return [(f"{one.name}{roles.get(place, '')}", one) for place, one in enumerate(record.scores)]


def label_classes(record: TrainingRecord) -> list[tuple[str, int]]:
    """Return the classes of the labels in words, with their rows."""
    origin = record.origin
    return list(zip(_CLASSES[origin.target], (origin.up, origin.down, origin.neither), strict=True))


def row_share(part: int, record: TrainingRecord) -> str:
    """Return how many percent of the rows `part` is."""
    rows = record.origin.rows
    return percent(part / rows if rows else None)


def strength_thresholds(strengths: Strengths) -> list[tuple[str, float]]:
    """Return the strengths that are ever reached, weakest first, with the confidence they begin at."""
    steps = (("weak", strengths.weak), ("normal", strengths.normal), ("strong", strengths.strong))
    return [(name, least) for name, least in steps if least is not None]


def date_range(start: str, end: str) -> str:
    """Return a period by its days."""
    return f"{start[:10]} to {end[:10]}"
