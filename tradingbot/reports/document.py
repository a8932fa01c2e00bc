# file: reports/document.py
"""HTML document: wrap the parts of a report into one file with its styles, its script and Plotly inside. The only file
that imports plotly.
"""

from __future__ import annotations

from pathlib import Path

from plotly.offline import get_plotlyjs

from tradingbot.reports.markup import Html, tag

_ASSETS = Path(__file__).parent / "assets"


def document(title: str, *parts: str | None, styles: tuple[str, ...] = ("report.css",)) -> str:
    """Return the whole file; `parts` fill its `main`, `styles` are names of files in `assets`.

    Reads the style sheets and the script beside this file, and Plotly's from its package.
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
    return f'<!DOCTYPE html>\n<html lang="en">{head}{tag("body", tag("main", *parts), *scripts)}</html>\n'


def _asset(name: str) -> Html:
    return Html("\n" + (_ASSETS / name).read_text(encoding="utf-8"))
