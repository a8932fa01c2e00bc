# file: core/report/validation/charts/windows.py
"""Where a fold trained and where it was tested, as a strip that fits into a table."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.portfolio.isotime import from_iso
from tradingbot.core.report.markup import Html, tag
from tradingbot.core.report.validation.record import Fold

__all__ = ["windows"]

_WIDTH, _HEIGHT = 150, 14


def windows(fold: Fold, folds: Sequence[Fold]) -> Html:
    """Return training and test of `fold` on the time scale that all `folds` share."""
    start = min(from_iso(one.train_start) for one in folds)
    span = max(1, max(from_iso(one.test_end) for one in folds) - start)

    def strip(kind: str, left: str, right: str) -> Html:
        at, end = ((from_iso(edge) - start) / span * _WIDTH for edge in (left, right))
        return tag("rect", x=f"{at:.1f}", y="3", width=f"{max(end - at, 1):.1f}", height="8", rx="2", class_=kind)

    parts = [strip("train", fold.train_start, fold.train_end), strip("test", fold.test_start, fold.test_end)]
    track = tag("rect", x="0", y="6", width=str(_WIDTH), height="2", class_="track")
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return tag("svg", track, *parts, class_="windows", viewBox=box, role="img", aria_label="training, then test")
