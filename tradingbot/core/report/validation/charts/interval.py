# file: core/report/validation/charts/interval.py
"""A criterion as a picture no higher than a line: interval, value, limit, and the side on which a pass lies."""

from __future__ import annotations

from collections.abc import Callable

from tradingbot.core.report.markup import Html, tag
from tradingbot.core.report.validation.record import Criterion
from tradingbot.core.report.validation.wording import bound, in_unit, interval

__all__ = ["interval_picture"]

_WIDTH, _HEIGHT, _EDGE = 210, 34, 9
_WIDEST = 3.0


def interval_picture(criterion: Criterion) -> Html:
    """Return an SVG whose scale starts at nought; an interval that goes on past the edge ends in an arrow."""
    place = _scale(criterion)
    parts = [_passing(criterion, place), _box("track", _EDGE, _WIDTH - _EDGE, 16, 2), *_span(criterion, place)]
    if criterion.limit != criterion.own_limit:
        parts.append(_line("own", place(criterion.own_limit)))
    parts.append(_line("limit loud" if criterion.looser else "limit", place(criterion.limit)))
    if criterion.value is not None:
        parts.append(tag("circle", cx=_px(place(criterion.value)), cy="17", r="5.5", class_=f"dot {criterion.answer}"))
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return tag("svg", *parts, class_="interval", viewBox=box, role="img", aria_label=_label(criterion))


def _scale(criterion: Criterion) -> Callable[[float], float]:
    core = [0.0, criterion.limit, criterion.own_limit, *([] if criterion.value is None else [criterion.value])]
    reach = _WIDEST * max(max(map(abs, core)), 1e-9)
    ends = [max(-reach, min(reach, end)) for end in (criterion.low, criterion.high) if end is not None]
    low, high = min(*core, *ends), max(*core, *ends)
    # Room beyond a limit that is the last thing on the scale, so that the side past it can be seen.
    low, high = low - (0.06 * (high - low) if low < 0 else 0), high + 0.12 * (high - low)
    width = (high - low) or 1.0

    def place(value: float) -> float:
        share = min(1.0, max(0.0, (value - low) / width))
        return _EDGE + share * (_WIDTH - 2 * _EDGE)

    return place


def _passing(criterion: Criterion, place: Callable[[float], float]) -> Html:
    at = place(criterion.limit)
    return _box("passing", at, _WIDTH, 3, 28) if criterion.at_least else _box("passing", 0, at, 3, 28)


def _span(criterion: Criterion, place: Callable[[float], float]) -> list[Html]:
    if criterion.low is None and criterion.high is None:
        return []
    left = 0.0 if criterion.low is None else place(criterion.low)
    right = float(_WIDTH) if criterion.high is None else place(criterion.high)
    parts = [_box(f"span {criterion.answer}", left, right, 13, 8)]
    if right >= _WIDTH - _EDGE:
        tip = f"M{_px(right - 1)} 11 {_px(right + 7)} 17 {_px(right - 1)} 23Z"
        parts.append(tag("path", d=tip, class_=f"span {criterion.answer}"))
    return parts


def _box(kind: str, left: float, right: float, top: int, height: int) -> Html:
    width = _px(max(right - left, 1.0))
    return tag("rect", x=_px(left), y=str(top), width=width, height=str(height), rx="2", class_=kind)


def _line(kind: str, at: float) -> Html:
    return tag("line", x1=_px(at), x2=_px(at), y1="2", y2="32", class_=kind)


def _px(value: float) -> str:
    return f"{value:.1f}"


def _label(criterion: Criterion) -> str:
    value = in_unit(criterion.value, criterion.unit)
    between = interval(criterion.low, criterion.high, criterion.unit)
    return f"{criterion.title}: value {value}, limit {bound(criterion)}, 95 % interval {between}"
