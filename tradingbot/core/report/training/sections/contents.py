# file: core/report/training/sections/contents.py
"""The way to the parts of the page."""

from __future__ import annotations

from tradingbot.core.report.markup import Html, tag

__all__ = ["PARTS", "contents"]

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
