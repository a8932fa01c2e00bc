# file: core/report/validation/sections/criteria.py
"""Each criterion with its value, limit, interval and the power it had; easier limits than the program's own in red."""

from __future__ import annotations

from tradingbot.core.report.markup import Html, card, greyed, tag
from tradingbot.core.report.phrase import NONE, percent
from tradingbot.core.report.sections.doubts import doubts
from tradingbot.core.report.validation.charts.interval import interval_picture
from tradingbot.core.report.validation.record import Criterion, ValidationRecord
from tradingbot.core.report.validation.wording import bound, in_unit, interval, own_bound, pill, spoken, weak

__all__ = ["cautions", "criteria", "power"]

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
    rows = [_row(one, weak(one, record)) for one in record.criteria]
    table = tag("table", head, tag("tbody", *rows), class_="criteria")
    return card("Criteria", *_alarm(record), table, note=_NOTE, anchor="criteria")


def cautions(record: ValidationRecord) -> list[Html]:
    """Return why to doubt the report, a synthetic market first; nothing where there is nothing to say."""
    return doubts(record.cautions, _SYNTHETIC if record.origin.synthetic else "")


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
    looser = [f"{one.title} {bound(one)} instead of {own_bound(one)}" for one in record.criteria if one.looser]
    told = [("Easier limits than the program's own: ", "; ".join(looser) + ".")] if looser else []
    told += [("Hard rule switched off: ", line) for line in record.switched_off]
    return [tag("p", tag("strong", title), line, class_="alarm") for title, line in told]


def _row(criterion: Criterion, why: str) -> Html:
    unit, chance = criterion.unit, power(criterion)
    between = interval(criterion.low, criterion.high, unit)
    said = f"{spoken(criterion.why)}; {why}" if why else spoken(criterion.why)
    name = tag("th", tag("strong", criterion.title), tag("span", said, class_="why"), scope="row")
    cells = (
        ("Value", "num value", greyed(tag("strong", in_unit(criterion.value, unit)), why)),
        ("Limit", "num", _limit(criterion)),
        ("", "picture", interval_picture(criterion)),
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
        return tag("span", bound(criterion), tag("span", f"looser than {own_bound(criterion)}"), class_="easier")
    if criterion.limit != criterion.own_limit:
        own = tag("span", f"stricter than {own_bound(criterion)}", class_="why")
        return tag("span", bound(criterion), own)
    return tag("span", bound(criterion))
