# file: ui/web/equitycurve.py
"""Equity curve as SVG, drawn on the server so that it is there with the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 1200, 300
_MARGIN = 12.0
_APART = 15.0


@dataclass(frozen=True, slots=True)
class Mark:
    """An equity to be written beside a curve: high, low, start or last; `top` is how far down it lies, in %."""

    kind: str
    value: float
    top: float


@dataclass(frozen=True, slots=True)
class CurveDrawing:
    """Paths in a box of WIDTH x HEIGHT: the line, the area down or up to the start, and the height of the start.

    `split` is that height as a fraction of the box, where what is above the start meets what is below it. `marks` lie
    far enough apart to be read; `begins` and `ends` are UTC ns.
    """

    line: str
    area: str
    base: float
    split: float
    lowest: float
    highest: float
    rises: bool
    marks: tuple[Mark, ...]
    last: Mark
    begins: int
    ends: int


def draw_curve(points: Sequence[tuple[int, float]], start: float) -> CurveDrawing | None:
    """Return the drawing of (UTC ns, equity), None with less than two points; `start` is where equity began."""
    if len(points) < 2:
        return None
    values = [value for _, value in points]
    lowest, highest = min(*values, start), max(*values, start)
    begins, ends = points[0][0], points[-1][0]
    across = WIDTH / max(1, ends - begins)
    up = (HEIGHT - 2 * _MARGIN) / ((highest - lowest) or 1.0)
    ground = HEIGHT - _MARGIN if highest > lowest else HEIGHT / 2

    def height(value: float) -> float:
        return ground - (value - lowest) * up

    def mark(kind: str, value: float) -> Mark:
        return Mark(kind, value, round(height(value) / HEIGHT * 100, 1))

    line = _path([(round((ts - begins) * across), round(height(value))) for ts, value in points])
    area = f"{line}V{height(start):.1f}H0Z"
    wanted = [mark("high", highest), mark("low", lowest), mark("start", start)]
    return CurveDrawing(
        line, area, round(height(start), 1), round(height(start) / HEIGHT, 4), lowest, highest, values[-1] >= start,
        _readable(wanted), mark("last", values[-1]), begins, ends,
    )  # fmt: skip


def _path(places: Sequence[tuple[int, int]]) -> str:
    """Return a line in whole steps from place to place: half as long as places would be, and sent at every push."""
    steps = (f"{x - x0} {y - y0}" for (x0, y0), (x, y) in pairwise(places))
    return f"M{places[0][0]} {places[0][1]}l{' '.join(steps)}"


def _readable(wanted: list[Mark]) -> tuple[Mark, ...]:
    """Return the marks without those that would lie on one before them."""
    kept: list[Mark] = []
    for one in wanted:
        if all(abs(one.top - other.top) >= _APART for other in kept):
            kept.append(one)
    return tuple(kept)
