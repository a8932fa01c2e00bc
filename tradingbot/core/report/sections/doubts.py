# file: core/report/sections/doubts.py
"""Say first why to doubt what follows."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.report.markup import Html, tag

__all__ = ["doubts"]


def doubts(cautions: Sequence[str], synthetic: str) -> list[Html]:
    """Return the block of a report's cautions; nothing where there is nothing to say.

    `synthetic` is what a made-up market means for this report, empty where it is none; it comes first, unless a caution
    says it already.
    """
    lines = list(cautions)
    if synthetic and not any("synthetic" in line for line in lines):
        lines.insert(0, synthetic)
    if not lines:
        return []
    items = tag("ul", *(tag("li", line) for line in lines))
    return [tag("section", tag("h2", "Before you trust this"), items, class_="card wide cautions")]
