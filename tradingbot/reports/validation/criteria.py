# file: reports/validation/criteria.py
"""Acceptance criteria: value, threshold, 95 % confidence interval (drawn), power; loosened limits in red."""

from __future__ import annotations

from collections.abc import Callable

from tradingbot.core.messages.formatting import NONE, percent
from tradingbot.core.validation.record import Criterion, ValidationRecord
from tradingbot.reports.markup import Html, card, caution_block, greyed, tag
from tradingbot.reports.validation.wording import (
    capitalised,
    default_limit_text,
    in_unit,
    interval,
    limit_text,
    pill,
    small_sample_reason,
)

_WIDTH, _HEIGHT, _EDGE = 210, 34, 9
_WIDEST = 3.0


def interval_chart(criterion: Criterion) -> Html:
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
    return f"{criterion.title}: value {value}, limit {limit_text(criterion)}, 95 % interval {between}"


_HEADS = ("Criterion", "Value", "Limit", "", "95 % interval", "Power", "Answer")
_NOTE = (
    "All must pass. In the picture the dot is the value, the bar its 95 % interval, the upright line the limit and the "
    "shade the side that passes."
)
_SYNTHETIC = (
    "The market is synthetic: its prices were made by a recipe. The verdict shows what the gate says about this "
    "candidate on such a market, and nothing about money."
)


def criteria(record: ValidationRecord) -> Html:
    """Return the table of the criteria."""
    if not record.criteria:
        return card("Criteria", tag("p", "No criterion was measured.", class_="note"), anchor="criteria")
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in _HEADS)))
    rows = [_row(one, small_sample_reason(one, record)) for one in record.criteria]
    table = tag("table", head, tag("tbody", *rows), class_="criteria")
    return card("Criteria", *_alarm(record), table, note=_NOTE, anchor="criteria")


def cautions(record: ValidationRecord) -> list[Html]:
    """Return why to doubt the report, a synthetic market first; nothing where there is nothing to say."""
    return caution_block(record.cautions, _SYNTHETIC if record.origin.synthetic else "")


def power(criterion: Criterion) -> str:
    """Return in a sentence how likely a pass was on data of this length."""
    if criterion.power is None:
        return NONE
    chance = percent(criterion.power, 0)
    if criterion.power_at is None:
        return f"Would have passed on this much data in {chance}."
    truth = in_unit(criterion.power_at, criterion.unit)
    return f"Had the truth been {truth}, it would have passed on this much data in {chance}."


def _alarm(record: ValidationRecord) -> list[Html]:
    looser = [
        f"{one.title} {limit_text(one)} instead of {default_limit_text(one)}" for one in record.criteria if one.looser
    ]
    told = [("Easier limits than the program's own: ", "; ".join(looser) + ".")] if looser else []
    told += [("Hard rule switched off: ", line) for line in record.switched_off]
    return [tag("p", tag("strong", title), line, class_="alarm") for title, line in told]


def _row(criterion: Criterion, why: str) -> Html:
    unit, chance = criterion.unit, power(criterion)
    between = interval(criterion.low, criterion.high, unit)
    said = f"{capitalised(criterion.why)}; {why}" if why else capitalised(criterion.why)
    name = tag("th", tag("strong", criterion.title), tag("span", said, class_="why"), scope="row")
    cells = (
        ("Value", "num value", greyed(tag("strong", in_unit(criterion.value, unit)), why)),
        ("Limit", "num", _limit(criterion)),
        ("", "picture", interval_chart(criterion)),
        ("95 % interval", _unless("num", between), between),
        ("Power", _unless("words", chance), chance),
        ("Answer", "", pill(criterion.answer)),
    )
    written = [tag("td", text, class_=kind, data_head=head) for head, kind, text in cells]
    kind = "looser" if criterion.looser else ""
    return tag("tr", name, *written, class_=kind, id=f"criterion-{criterion.name}")


def _unless(kind: str, text: str) -> str:
    return f"{kind} none" if text == NONE else kind


def _limit(criterion: Criterion) -> Html:
    if criterion.looser:
        return tag(
            "span", limit_text(criterion), tag("span", f"looser than {default_limit_text(criterion)}"), class_="easier"
        )
    if criterion.limit != criterion.own_limit:
        own = tag("span", f"stricter than {default_limit_text(criterion)}", class_="why")
        return tag("span", limit_text(criterion), own)
    return tag("span", limit_text(criterion))
