# file: core/report/training/sections/scores.py
"""The baseline, each model and the one that is traded, side by side."""

from __future__ import annotations

from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.report.markup import Html, card, greyed, signed, table, tag
from tradingbot.core.report.training.record import Scored, TrainingRecord
from tradingbot.core.report.training.wording import FEW, SCORED, marked, scores_of

__all__ = ["scores"]

_TITLE = "Models side by side"
_NOTE = (
    "Predictions for rows that no fit had seen, of all walk-forward folds together. AUC: 0.5 is a coin, 1 is never"
    " wrong. Log loss and Brier score: how far the probabilities were from what happened, less is better. The other"
    " columns are of one who follows the model from the thresholds of each fold, one unit a trade, net of costs. " + FEW
)


def scores(record: TrainingRecord) -> Html:
    """Return the table, or that nothing was predicted."""
    if not record.scores:
        return card(_TITLE, tag("p", "Nothing was predicted.", class_="note"), anchor="scores")
    heads = [("Model", ""), *((title, "num") for title in SCORED)]
    models = marked(record)
    rows = [_row(name, one, loud=place == len(models) - 1) for place, (name, one) in enumerate(models)]
    return card(_TITLE, table(heads, rows, _TITLE), note=_NOTE, anchor="scores")


def _row(name: str, one: Scored, loud: bool) -> list[str]:
    cells: list[str] = [name, *scores_of(one)]
    earned, sharpe = SCORED.index("Net a trade") + 1, SCORED.index("Net Sharpe") + 1
    cells[earned] = signed(one.mean_net, cells[earned])
    cells[sharpe] = greyed(signed(one.sharpe, cells[sharpe]), weakness(one.unreliable, "sharpe"))
    cells[sharpe - 1] = greyed(cells[sharpe - 1], weakness(one.unreliable, "profit_factor"))
    return [tag("strong", text) for text in cells] if loud else cells
