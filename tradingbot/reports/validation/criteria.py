# file: reports/validation/criteria.py
"""Acceptance criteria: value, threshold, 95 % confidence interval (drawn), power, result; loosened limits in red."""

from __future__ import annotations

from collections.abc import Callable

from tradingbot.core.messages.formatting import NONE, capitalised, percent
from tradingbot.core.validation.record import Criterion, ValidationRecord
from tradingbot.reports.answers import pill
from tradingbot.reports.markup import Html, card, greyed, remark, tag
from tradingbot.reports.validation.wording import (
    default_limit_text,
    in_unit,
    interval,
    limit_text,
    small_sample_reason,
)

_WIDTH, _HEIGHT, _EDGE = 210, 34, 9
_WIDEST = 3.0
_HEADS = ("Criterion", "Value", "Threshold", "", "95 % interval", "Power", "Result")
_NOTE = (
    "All must pass. In the picture the dot is the value, the bar its 95 % interval, the upright line the threshold and "
    "the shade the side that passes."
)
_POWER_AT = {"sharpe": "Sharpe", "profit_factor": "profit factor", "max_drawdown": "max drawdown"}


def criteria(record: ValidationRecord) -> Html:
    """Return the table of the criteria, under an alarm where limits were loosened or hard rules switched off."""
    if not record.criteria:
        return card("Criteria", remark("No criterion was measured."), anchor="criteria")
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in _HEADS)))
    rows = [_row(one, small_sample_reason(one, record)) for one in record.criteria]
    table = tag("table", head, tag("tbody", *rows), class_="criteria")
    return card("Criteria", *_alarms(record), table, note=_NOTE, anchor="criteria")


def _alarms(record: ValidationRecord) -> list[Html]:
    looser = [
        f"{one.title} {limit_text(one)} instead of {default_limit_text(one)}" for one in record.criteria if one.looser
    ]
    lines = [("Looser limits than the program's own: ", "; ".join(looser) + ".")] if looser else []
    lines += [("Hard rule switched off: ", line) for line in record.switched_off]
    return [tag("p", tag("strong", title), line, class_="alarm") for title, line in lines]


def _row(criterion: Criterion, weak: str) -> Html:
    unit, chance = criterion.unit, _power(criterion)
    between = interval(criterion.low, criterion.high, unit)
    why = capitalised(criterion.why) + (f"; {weak}" if weak else "")
    name = tag("th", tag("strong", criterion.title), tag("span", why, class_="why"), scope="row")
    cells = (
        ("Value", "num value", greyed(tag("strong", in_unit(criterion.value, unit)), weak)),
        ("Threshold", "num", _threshold(criterion)),
        ("", "picture", interval_chart(criterion)),
        ("95 % interval", "num" + _hidden(between), between),
        ("Power", "words" + _hidden(chance), chance),
        ("Result", "", pill(criterion.answer)),
    )
    written = [tag("td", text, class_=kind, data_head=head) for head, kind, text in cells]
    return tag("tr", name, *written, class_="looser" if criterion.looser else "", id=f"criterion-{criterion.name}")


def _hidden(text: str) -> str:
    # On a narrow screen an empty cell is left out.
    return " none" if text == NONE else ""


def _power(criterion: Criterion) -> str:
    if criterion.power is None:
        return NONE
    chance = percent(criterion.power, 0)
    if criterion.power_at is None:
        return f"Power on data of this length: {chance}."
    truth = in_unit(criterion.power_at, criterion.unit)
    return f"Power at a true {_POWER_AT.get(criterion.name, 'value')} of {truth}: {chance}."


def _threshold(criterion: Criterion) -> Html:
    if criterion.limit == criterion.own_limit and not criterion.looser:
        return tag("span", limit_text(criterion))
    word, kind = ("looser", "easier") if criterion.looser else ("stricter", "")
    own = tag("span", f"{word} than {default_limit_text(criterion)}", class_="" if criterion.looser else "why")
    return tag("span", limit_text(criterion), own, class_=kind)


def interval_chart(criterion: Criterion) -> Html:
    """Return an SVG whose scale starts at zero; an interval that goes on past the edge ends in an arrow."""
    place, kind = _scale(criterion), criterion.answer
    at = place(criterion.limit)
    passing = (at, float(_WIDTH)) if criterion.at_least else (0.0, at)
    parts = [_box("passing", *passing, 3, 28), _box("track", _EDGE, _WIDTH - _EDGE, 16, 2)]
    if criterion.low is not None or criterion.high is not None:
        left = 0.0 if criterion.low is None else place(criterion.low)
        right = float(_WIDTH) if criterion.high is None else place(criterion.high)
        parts.append(_box(f"span {kind}", left, right, 13, 8))
        if right >= _WIDTH - _EDGE:
            tip = f"M{_px(right - 1)} 11 {_px(right + 7)} 17 {_px(right - 1)} 23Z"
            parts.append(tag("path", d=tip, class_=f"span {kind}"))
    if criterion.limit != criterion.own_limit:
        parts.append(_line("own", place(criterion.own_limit)))
    parts.append(_line("limit loud" if criterion.looser else "limit", at))
    if criterion.value is not None:
        parts.append(tag("circle", cx=_px(place(criterion.value)), cy="17", r="5.5", class_=f"dot {kind}"))
    value = in_unit(criterion.value, criterion.unit)
    between = interval(criterion.low, criterion.high, criterion.unit)
    label = f"{criterion.title}: value {value}, threshold {limit_text(criterion)}, 95 % interval {between}"
    return tag("svg", *parts, class_="interval", viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=label)


def _scale(criterion: Criterion) -> Callable[[float], float]:
    core = [0.0, criterion.limit, criterion.own_limit, *([] if criterion.value is None else [criterion.value])]
    reach = _WIDEST * max(max(map(abs, core)), 1e-9)
    ends = [max(-reach, min(reach, end)) for end in (criterion.low, criterion.high) if end is not None]
    low, high = min(*core, *ends), max(*core, *ends)
    # Room beyond a threshold that is the last thing on the scale, so that the side past it can be seen.
    low, high = low - (0.06 * (high - low) if low < 0 else 0), high + 0.12 * (high - low)
    width = (high - low) or 1.0

    def place(value: float) -> float:
        share = min(1.0, max(0.0, (value - low) / width))
        return _EDGE + share * (_WIDTH - 2 * _EDGE)

    return place


def _box(kind: str, left: float, right: float, top: int, height: int) -> Html:
    width = _px(max(right - left, 1.0))
    return tag("rect", x=_px(left), y=str(top), width=width, height=str(height), rx="2", class_=kind)


def _line(kind: str, at: float) -> Html:
    return tag("line", x1=_px(at), x2=_px(at), y1="2", y2="32", class_=kind)


def _px(value: float) -> str:
    return f"{value:.1f}"
