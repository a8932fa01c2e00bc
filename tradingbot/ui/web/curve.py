# file: ui/web/curve.py
"""An equity curve as the lines of an SVG, drawn here so that it is there with the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["HEIGHT", "WIDTH", "Drawing", "drawn"]

WIDTH, HEIGHT = 600, 150
_MARGIN = 6.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths in a box of WIDTH x HEIGHT: the line, the area below it, the height of the start; and its extremes."""

    line: str
    area: str
    base: float
    lowest: float
    highest: float
    rises: bool


def drawn(points: Sequence[tuple[int, float]], start: float) -> Drawing | None:
    """Return the drawing of (UTC ns, equity), None with less than two points; `start` is where equity began."""
    if len(points) < 2:
        return None
    values = [value for _, value in points]
    lowest, highest = min(*values, start), max(*values, start)
    first, last = points[0][0], points[-1][0]
    across = WIDTH / max(1, last - first)
    up = (HEIGHT - 2 * _MARGIN) / ((highest - lowest) or 1.0)
    ground = HEIGHT - _MARGIN if highest > lowest else HEIGHT / 2

    def height(value: float) -> float:
        return ground - (value - lowest) * up

    steps = [f"{(ts - first) * across:.1f} {height(value):.1f}" for ts, value in points]
    line = "M" + "L".join(steps)
    area = f"{line}L{WIDTH} {height(start):.1f}L0 {height(start):.1f}Z"
    return Drawing(line, area, round(height(start), 1), lowest, highest, values[-1] >= start)
