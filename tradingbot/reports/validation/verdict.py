# file: reports/validation/verdict.py
"""Verdict banner: the verdict, its reason, how each criterion answered, and what would change it."""

from __future__ import annotations

from tradingbot.core.messages.formatting import when
from tradingbot.core.validation.record import Answer, Criterion, ValidationRecord
from tradingbot.reports.markup import Html, join, tag
from tradingbot.reports.validation.wording import WORDS, capitalised, icon

VERDICT_ANSWERS: dict[str, Answer] = {"PASS": "pass", "FAIL": "fail", "INSUFFICIENT_EVIDENCE": "unsettled"}

_SETTLED = {
    "PASS": "Nothing is open. A change of strategy, parameters, data or config needs a new validation.",
    "FAIL": "More data will not help; the strategy has to change.",
    "INSUFFICIENT_EVIDENCE": "More data of the same kind, or a longer period.",
}


def banner(record: ValidationRecord) -> Html:
    """Return the top of the page."""
    kind = VERDICT_ANSWERS[record.verdict.value]
    top = tag(
        "div",
        tag("p", "Validation", class_="eyebrow"),
        tag("h1", record.candidate),
        tag("p", icon(kind), record.verdict.value.replace("_", " "), class_="word"),
        tag("p", record.verdict.reason, class_="lead"),
        tag("ul", *(_chip(one) for one in record.criteria), class_="score") if record.criteria else None,
        class_="top",
    )
    below = tag("div", _why(record), _change(record), class_="halves")
    return tag("header", top, below, tag("p", *_badges(record), class_="badges"), class_=f"verdict {kind}")


def _chip(criterion: Criterion) -> Html:
    said = tag("span", f": {WORDS[criterion.answer]}", class_="unseen")
    link = tag("a", icon(criterion.answer), criterion.title, said, href=f"#criterion-{criterion.name}")
    return tag("li", link, class_=criterion.answer)


def _why(record: ValidationRecord) -> Html:
    reasons = record.verdict.reasons or (record.verdict.reason,)
    return tag("section", tag("h2", "Why"), _list(reasons))


def _change(record: ValidationRecord) -> Html:
    settle = record.verdict.settle or (_SETTLED[record.verdict.value],)
    return tag("section", tag("h2", "What would change it"), _list(settle))


def _list(lines: tuple[str, ...]) -> Html:
    return tag("ul", *(tag("li", capitalised(line)) for line in lines))


def _badges(record: ValidationRecord) -> list[Html]:
    origin = record.origin
    loud = [tag("span", "SYNTHETIC MARKET", class_="badge loud")] if origin.synthetic else []
    looser = sum(criterion.looser for criterion in record.criteria)
    if looser:
        loud.append(tag("span", f"{looser} LOOSER LIMIT{'S' if looser > 1 else ''}", class_="badge alarm"))
    if record.switched_off:
        loud.append(tag("span", "HARD RULE SWITCHED OFF", class_="badge alarm"))
    texts = [f"{when(origin.start)[:10]} to {when(origin.end)[:10]}", origin.lane, f"{origin.bar} bars"]
    texts += [f"{origin.budget} budget", f"seed {origin.seed}", origin.data_label, f"run {record.run}"]
    return [*loud, *(join([tag("span", text, class_="badge")]) for text in texts if text)]
