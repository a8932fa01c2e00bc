# file: reports/training/page.py
"""HTML report of a training: the assessment and the model comparison first, the evidence below, its sections in their
order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from tradingbot.core.messages.formatting import duration, number, when
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.time import SECOND
from tradingbot.learning.training.record import ModelScore, TrainingOrigin, TrainingRecord
from tradingbot.reports.document import document
from tradingbot.reports.markup import Html, card, caution_block, greyed, signed, table, tag
from tradingbot.reports.training.assessment import assess
from tradingbot.reports.training.calibration import calibration
from tradingbot.reports.training.folds import folds
from tradingbot.reports.training.importance import importance
from tradingbot.reports.training.labels import labels
from tradingbot.reports.training.netreturns import net_returns
from tradingbot.reports.training.search import search
from tradingbot.reports.training.wording import SCORE_HEADS, SMALL_SAMPLE_NOTE, date_range, labelled_models, score_cells
from tradingbot.reports.validation.wording import capitalised, icon

# Anchor and what the link to it says, in the order of the page.
PARTS = (
    ("scores", "Models"),
    ("net", "Net of costs"),
    ("folds", "Folds"),
    ("calibration", "Calibration"),
    ("importance", "Features"),
    ("search", "Search"),
    ("labels", "Labels"),
    ("repeat", "Run it again"),
)


def contents() -> Html:
    """Return links to the parts of the page."""
    links = (tag("a", title, href=f"#{anchor}") for anchor, title in PARTS)
    return tag("nav", *links, class_="wide contents", aria_label="Parts of this report")


_SYNTHETIC = (
    "The market is synthetic: its prices were made by a recipe. What a model finds there says nothing about money."
)


def cautions(record: TrainingRecord) -> list[Html]:
    """Return the block; nothing where there is nothing to say."""
    return caution_block(record.cautions, _SYNTHETIC if record.origin.synthetic else "")


_NO_VERDICT = "This is no verdict: training compares models with each other, validation decides what may trade."


def banner(record: TrainingRecord) -> Html:
    """Return the top of the page."""
    found = assess(record)
    top = tag(
        "div",
        tag("p", "Training", class_="eyebrow"),
        tag("h1", record.candidate),
        tag("p", icon(found.answer), found.word, class_="word"),
        tag("p", found.lead, class_="lead"),
        class_="top",
    )
    why = tag("section", tag("h2", "Why"), tag("ul", *(tag("li", f"{capitalised(line)}.") for line in found.reasons)))
    below = tag("div", why, _next(record), class_="halves")
    return tag("header", top, below, tag("p", *_badges(record), class_="badges"), class_=f"verdict {found.answer}")


def _next(record: TrainingRecord) -> Html:
    command = tag("pre", tag("code", f"tradingbot validate {record.origin.config}"))
    return tag("section", tag("h2", "What comes next"), command, tag("p", _NO_VERDICT, class_="note"))


def _badges(record: TrainingRecord) -> list[Html]:
    origin = record.origin
    loud = [tag("span", "SYNTHETIC MARKET", class_="badge loud")] if origin.synthetic else []
    texts = [date_range(origin.start, origin.end), ", ".join(origin.instruments), origin.lane, f"{origin.bar} bars"]
    texts += [f"{number(origin.rows, 0)} rows", f"{number(origin.features, 0)} features"]
    texts += [f"{number(origin.cost * 1e4, 1)} bp a round trip", f"seed {origin.seed}"]
    return [*loud, *(tag("span", text, class_="badge") for text in texts if text)]


_TITLE = "Models side by side"
_NOTE = (
    "Predictions for rows that no fit had seen, of all walk-forward folds together. AUC: 0.5 is a coin, 1 is never"
    " wrong. Log loss and Brier score: how far the probabilities were from what happened, less is better. The other"
    " columns are of one who follows the model from the thresholds of each fold, one unit a trade, net of costs. "
    + SMALL_SAMPLE_NOTE
)


def model_comparison(record: TrainingRecord) -> Html:
    """Return the table, or that nothing was predicted."""
    if not record.scores:
        return card(_TITLE, tag("p", "Nothing was predicted.", class_="note"), anchor="scores")
    heads = [("Model", ""), *((title, "num") for title in SCORE_HEADS)]
    models = labelled_models(record)
    rows = [_row(name, one, loud=place == len(models) - 1) for place, (name, one) in enumerate(models)]
    return card(_TITLE, table(heads, rows, _TITLE), note=_NOTE, anchor="scores")


def _row(name: str, one: ModelScore, loud: bool) -> list[str]:
    cells: list[str] = [name, *score_cells(one)]
    earned, sharpe = SCORE_HEADS.index("Net a trade") + 1, SCORE_HEADS.index("Net Sharpe") + 1
    cells[earned] = signed(one.mean_net, cells[earned])
    cells[sharpe] = greyed(signed(one.sharpe, cells[sharpe]), weakness(one.unreliable, "sharpe"))
    cells[sharpe - 1] = greyed(cells[sharpe - 1], weakness(one.unreliable, "profit_factor"))
    return [tag("strong", text) for text in cells] if loud else cells


def provenance(record: TrainingRecord) -> Html:
    """Return the command, what it ran on, every hash, and the recipe."""
    origin = record.origin
    recipe = json.dumps(origin.recipe, indent=1, sort_keys=True, ensure_ascii=False, default=str)
    return card(
        "Run it again",
        tag("pre", tag("code", origin.command)),
        _list(_facts(origin)),
        tag("h3", "Hashes"),
        _list((name, tag("code", text)) for name, text in _hashes(record) if text),
        tag("details", tag("summary", "Recipe"), tag("pre", tag("code", recipe))),
        note="Same seed, same data, same program, same model.",
        anchor="repeat",
    )


def _list(pairs: Iterable[tuple[str, str]]) -> Html:
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs if text), class_="facts")


def _facts(origin: TrainingOrigin) -> list[tuple[str, str]]:
    return [
        ("Config", tag("code", origin.config)),
        ("Seed", str(origin.seed)),
        ("Period", f"{when(origin.start)} to {when(origin.end)} UTC"),
        ("Instruments", ", ".join(origin.instruments)),
        ("Lane", f"{origin.lane}, {origin.bar} bars{', synthetic market' if origin.synthetic else ''}"),
        ("Learned from", f"{number(origin.bars, 0)} bars, {number(origin.rows, 0)} rows of {origin.features} features"),
        ("Feature store", _stored(origin)),
        ("Cost", f"{number(origin.cost * 1e4, 2)} bp a round trip"),
        ("Versions", ", ".join(f"{name} {version}" for name, version in sorted(origin.versions.items()))),
        ("Took", duration(origin.seconds * SECOND) if origin.seconds else ""),
    ]


def _stored(origin: TrainingOrigin) -> str:
    if origin.store_version is None:
        return "not read from the store"
    return f"version {origin.store_version}, {number(origin.store_rows, 0)} rows"


def _hashes(record: TrainingRecord) -> list[tuple[str, str]]:
    origin = record.origin
    return [
        ("report", record.sha256),
        ("model", origin.model_sha256),
        ("feature code", origin.feature_code_sha256),
        ("features", origin.store_sha256),
    ]


_NO_SCRIPT = "The charts need JavaScript; every number is in the tables."
_STYLES = ("report.css", "validation.css")


def render(record: TrainingRecord) -> str:
    """Return the report. Two equal records give the same text, byte for byte, and the file asks no network."""
    title = f"{record.candidate} - training"
    return document(title, banner(record), tag("noscript", _NO_SCRIPT), *_parts(record), styles=_STYLES)


def _parts(record: TrainingRecord) -> list[Html]:
    return [
        *cautions(record),
        contents(),
        model_comparison(record),
        net_returns(record),
        folds(record),
        calibration(record),
        importance(record),
        search(record),
        labels(record),
        provenance(record),
    ]
