# file: core/report/training/sections/banner.py
"""What the training amounts to: a word, a sentence, the numbers behind it, and what comes next."""

from __future__ import annotations

from tradingbot.core.report.markup import Html, tag
from tradingbot.core.report.phrase import number
from tradingbot.core.report.training.judgement import judge
from tradingbot.core.report.training.record import TrainingRecord
from tradingbot.core.report.training.wording import dates
from tradingbot.core.report.validation.wording import icon, spoken

__all__ = ["banner"]

_NO_VERDICT = "This is no verdict: training compares models with each other, validation decides what may trade."


def banner(record: TrainingRecord) -> Html:
    """Return the top of the page."""
    found = judge(record)
    top = tag(
        "div",
        tag("p", "Training", class_="eyebrow"),
        tag("h1", record.candidate),
        tag("p", icon(found.answer), found.word, class_="word"),
        tag("p", found.lead, class_="lead"),
        class_="top",
    )
    why = tag("section", tag("h2", "Why"), tag("ul", *(tag("li", f"{spoken(line)}.") for line in found.reasons)))
    below = tag("div", why, _next(record), class_="halves")
    return tag("header", top, below, tag("p", *_badges(record), class_="badges"), class_=f"verdict {found.answer}")


def _next(record: TrainingRecord) -> Html:
    command = tag("pre", tag("code", f"tradingbot validate {record.origin.config}"))
    return tag("section", tag("h2", "What comes next"), command, tag("p", _NO_VERDICT, class_="note"))


def _badges(record: TrainingRecord) -> list[Html]:
    origin = record.origin
    loud = [tag("span", "SYNTHETIC MARKET", class_="badge loud")] if origin.synthetic else []
    texts = [dates(origin.start, origin.end), ", ".join(origin.instruments), origin.lane, f"{origin.bar} bars"]
    texts += [f"{number(origin.rows, 0)} rows", f"{number(origin.features, 0)} features"]
    texts += [f"{number(origin.cost * 1e4, 1)} bp a round trip", f"seed {origin.seed}"]
    return [*loud, *(tag("span", text, class_="badge") for text in texts if text)]
