# file: reports/validation/verdict.py
"""Verdict banner: the verdict, its reasons, the result of each criterion, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable

from tradingbot.core.messages.formatting import capitalised, when
from tradingbot.core.validation.record import Answer, Criterion, ValidationRecord
from tradingbot.reports.answers import STYLES, icon
from tradingbot.reports.markup import Html, badges, tag

VERDICT_ANSWERS: dict[str, Answer] = {"PASS": "pass", "FAIL": "fail", "INSUFFICIENT_EVIDENCE": "unsettled"}

_SETTLED = {
    "PASS": "Nothing is open. A change of strategy, parameters, data or config needs a new validation.",
    "FAIL": "More data will not help; the strategy has to change.",
    "INSUFFICIENT_EVIDENCE": "More data of the same kind, or a longer period.",
}


def banner(record: ValidationRecord) -> Html:
    """Return the top of the page."""
    verdict, kind = record.verdict, VERDICT_ANSWERS[record.verdict.value]
    top = tag(
        "div",
        tag("p", "Validation", class_="eyebrow"),
        tag("h1", record.candidate),
        tag("p", icon(kind), verdict.value.replace("_", " "), class_="word"),
        tag("p", verdict.reason, class_="lead"),
        tag("ul", *(_chip(one) for one in record.criteria), class_="score") if record.criteria else None,
        class_="top",
    )
    reasons = _list("Reasons", verdict.reasons or (verdict.reason,))
    change = _list("What would change the verdict", verdict.settle or (_SETTLED[verdict.value],))
    below = tag("div", reasons, change, class_="halves")
    return tag("header", top, below, _badges(record), class_=f"verdict {kind}")


def _chip(criterion: Criterion) -> Html:
    result = tag("span", f": {STYLES[criterion.answer].word}", class_="unseen")
    link = tag("a", icon(criterion.answer), criterion.title, result, href=f"#criterion-{criterion.name}")
    return tag("li", link, class_=criterion.answer)


def _list(title: str, lines: Iterable[str]) -> Html:
    return tag("section", tag("h2", title), tag("ul", *(tag("li", capitalised(line)) for line in lines)))


def _badges(record: ValidationRecord) -> Html:
    origin, looser = record.origin, sum(criterion.looser for criterion in record.criteria)
    alarm = [f"{looser} LOOSER LIMIT{'S' if looser > 1 else ''}"] if looser else []
    alarm += ["HARD RULE SWITCHED OFF"] if record.switched_off else []
    texts = [f"{when(origin.start)[:10]} to {when(origin.end)[:10]}", origin.lane, f"{origin.bar} bars"]
    texts += [f"{origin.budget} budget", f"seed {origin.seed}", origin.data_label, f"run {record.run}"]
    return badges(*texts, loud=["SYNTHETIC MARKET"] if origin.synthetic else [], alarm=alarm)
