# file: reports/answers.py
"""Results of criteria and stress runs: pass, fail, unsettled and not applicable as word, sign, icon and colour."""

from __future__ import annotations

from typing import NamedTuple

from rich.text import Text

from tradingbot.core.validation.record import Answer
from tradingbot.reports.markup import Html, tag


class AnswerStyle(NamedTuple):
    """How an answer is written: `path` is its icon's (16 x 16), `terminal` and `chart` are its colours."""

    word: str
    sign: str
    path: str
    terminal: str
    chart: str


_QUESTION = "M5.2 5.8a2.8 2.8 0 1 1 4.3 2.4c-1 .6-1.5 1-1.5 2.1 M8 13v.2"
STYLES: dict[Answer, AnswerStyle] = {
    "pass": AnswerStyle("pass", "✓", "M3 8.6 6.4 12 13 4.4", "cyan", "@pass"),
    "fail": AnswerStyle("fail", "✗", "M4 4 12 12 M12 4 4 12", "dark_orange", "@fail"),
    "unsettled": AnswerStyle("unsettled", "?", _QUESTION, "grey62", "@open"),
    "not_applicable": AnswerStyle("not applicable", "-", "M4 8 12 8", "grey62", "@open"),
}


def icon(answer: Answer) -> Html:
    """Return an answer's icon in the colour of the text around it."""
    return tag("svg", tag("path", d=STYLES[answer].path), class_="icon", viewBox="0 0 16 16", aria_hidden="true")


def pill(answer: Answer) -> Html:
    """Return an answer as icon and word in its colour."""
    return tag("span", icon(answer), STYLES[answer].word, class_=f"pill {answer}")


def sign_and_word(answer: Answer, prefix: str = "") -> Text:
    """Return an answer as sign and word in its colour for a terminal."""
    return Text(f"{prefix}{STYLES[answer].sign} {STYLES[answer].word}", style=STYLES[answer].terminal)
