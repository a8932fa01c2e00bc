# file: reports/training/page.py
"""HTML report of a training: assessment and model comparison first, the evidence below, its sections in their order."""

from __future__ import annotations

import json

from tradingbot.core.messages.formatting import capitalised, duration, number, when
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.time import SECOND
from tradingbot.learning.training.record import ModelScore, TrainingOrigin, TrainingRecord
from tradingbot.reports.answers import icon
from tradingbot.reports.document import VERDICT_STYLES, document
from tradingbot.reports.markup import (
    Html,
    badges,
    card,
    contents,
    details,
    facts,
    greyed,
    numeric,
    remark,
    reproduce,
    signed,
    table,
    tag,
    versions,
    warnings_block,
)
from tradingbot.reports.training.assessment import assess
from tradingbot.reports.training.calibration import calibration
from tradingbot.reports.training.folds import folds, net_pnl
from tradingbot.reports.training.importance import importance, labels
from tradingbot.reports.training.search import search
from tradingbot.reports.training.wording import SCORE_HEADS, SMALL_SAMPLE_NOTE, date_range, labelled_models, score_cells

# Anchor and what the link to it says, in the order of the page.
_PARTS = (
    ("scores", "Models"),
    ("net", "Net P&L"),
    ("folds", "Folds"),
    ("calibration", "Calibration"),
    ("importance", "Importance"),
    ("search", "Search"),
    ("labels", "Labels"),
    ("repeat", "Reproduce"),
)
_SYNTHETIC = "The market is synthetic: a generator made its prices. What a model finds there says nothing about money."
_NO_VERDICT = "This is no verdict: training compares models with each other, validation decides what may trade."
_MODELS = "Model comparison"
_MODELS_NOTE = (
    "Predictions out of fold, of all walk-forward folds together. AUC: 0.5 is random, 1 is perfect. Log loss and Brier"
    " score: how far the probabilities were from the outcomes, less is better. The other columns simulate trading the"
    " model from the thresholds of each fold, one unit a trade, net of costs. " + SMALL_SAMPLE_NOTE
)


def render(record: TrainingRecord) -> str:
    """Return the report. Two equal records give the same text, byte for byte."""
    parts = [*warnings_block(record.cautions, _SYNTHETIC if record.origin.synthetic else ""), contents(_PARTS)]
    parts += [_model_comparison(record), net_pnl(record), folds(record), calibration(record), importance(record)]
    parts += [search(record), labels(record), _provenance(record)]
    return document(f"{record.candidate} - training", _banner(record), *parts, styles=VERDICT_STYLES)


def _banner(record: TrainingRecord) -> Html:
    origin, assessment = record.origin, assess(record)
    top = tag(
        "div",
        tag("p", "Training", class_="eyebrow"),
        tag("h1", record.candidate),
        tag("p", icon(assessment.answer), assessment.word, class_="word long"),
        tag("p", assessment.lead, class_="lead"),
        class_="top",
    )
    reasons = tag("ul", *(tag("li", f"{capitalised(line)}.") for line in assessment.reasons))
    command = tag("pre", tag("code", f"tradingbot validate {origin.config}"))
    next_step = tag("section", tag("h2", "Next step"), command, remark(_NO_VERDICT))
    below = tag("div", tag("section", tag("h2", "Reasons"), reasons), next_step, class_="halves")
    texts = [date_range(origin.start, origin.end), ", ".join(origin.instruments), origin.lane, f"{origin.bar} bars"]
    texts += [f"{number(origin.rows, 0)} rows", f"{number(origin.features, 0)} features"]
    texts += [f"{number(origin.cost * 1e4, 1)} bp a round trip", f"seed {origin.seed}"]
    shown = badges(*texts, loud=["SYNTHETIC MARKET"] if origin.synthetic else [])
    return tag("header", top, below, shown, class_=f"verdict {assessment.answer}")


def _model_comparison(record: TrainingRecord) -> Html:
    if not record.scores:
        return card(_MODELS, remark("Nothing was predicted."), anchor="scores")
    models = labelled_models(record)
    rows = [_row(name, one, traded=place == len(models) - 1) for place, (name, one) in enumerate(models)]
    written = table([("Model", ""), *numeric(*SCORE_HEADS)], rows, _MODELS)
    return card(_MODELS, written, note=_MODELS_NOTE, anchor="scores")


def _row(name: str, one: ModelScore, traded: bool) -> list[str]:
    *scores, net, factor, sharpe = score_cells(one)
    cells = [name, *scores, signed(one.mean_net, net), greyed(factor, weakness(one.unreliable, "profit_factor"))]
    cells.append(greyed(signed(one.sharpe, sharpe), weakness(one.unreliable, "sharpe")))
    return [tag("strong", text) for text in cells] if traded else cells


def _provenance(record: TrainingRecord) -> Html:
    origin = record.origin
    recipe = json.dumps(origin.recipe, indent=1, sort_keys=True, ensure_ascii=False, default=str)
    hashes = {"report": record.sha256, "model": origin.model_sha256}
    hashes |= {"feature code": origin.feature_code_sha256, "features": origin.store_sha256}
    return reproduce(
        origin.command,
        _facts(origin),
        tag("h3", "Hashes"),
        facts((name, tag("code", text)) for name, text in hashes.items() if text),
        details("Recipe", tag("pre", tag("code", recipe))),
        note="Same seed, same data, same program, same model.",
    )


def _facts(origin: TrainingOrigin) -> list[tuple[str, str]]:
    stored = f"version {origin.store_version}, {number(origin.store_rows, 0)} rows"
    return [
        ("Config", tag("code", origin.config)),
        ("Seed", str(origin.seed)),
        ("Period", f"{when(origin.start)} to {when(origin.end)} UTC"),
        ("Instruments", ", ".join(origin.instruments)),
        ("Lane", f"{origin.lane}, {origin.bar} bars{', synthetic market' if origin.synthetic else ''}"),
        ("Data", f"{number(origin.bars, 0)} bars, {number(origin.rows, 0)} rows of {origin.features} features"),
        ("Feature store", "not read from the store" if origin.store_version is None else stored),
        ("Costs", f"{number(origin.cost * 1e4, 2)} bp a round trip"),
        versions(origin.versions),
        ("Duration", duration(origin.seconds * SECOND) if origin.seconds else ""),
    ]
