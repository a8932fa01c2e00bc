# file: reports/document.py
"""HTML document: one self-contained file with its styles, its script and Plotly, which is imported here alone."""

from __future__ import annotations

from pathlib import Path

from plotly.offline import get_plotlyjs

from tradingbot.reports.markup import Html, tag

_ASSETS = Path(__file__).parent / "assets"
_NO_SCRIPT = "The charts need JavaScript; every number is in the tables."
_STYLES = ("report.css",)
VERDICT_STYLES = ("report.css", "validation.css")
"""The style sheets of a page that opens with a verdict banner."""


def document(title: str, header: Html, *parts: str | None, styles: tuple[str, ...] = _STYLES) -> str:
    """Return the whole file: `header` and `parts` fill its `main`, `styles` are names of files in `assets`.

    Equal parts give the same text, byte for byte, and the page loads nothing from a network.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        *(tag("style", _asset(name)) for name in styles),
    )
    scripts = [tag("script", Html(get_plotlyjs())), tag("script", _asset("report.js"))]
    body = tag("body", tag("main", header, tag("noscript", _NO_SCRIPT), *parts), *scripts)
    return f'<!DOCTYPE html>\n<html lang="en">{head}{body}</html>\n'


def _asset(name: str) -> Html:
    return Html("\n" + (_ASSETS / name).read_text(encoding="utf-8"))
