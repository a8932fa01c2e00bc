# file: core/report/validation/sections/trials.py
"""How many were tried before this one, who tried them, and what luck alone would have made of as many."""

from __future__ import annotations

from tradingbot.core.report.markup import Html, card, table, tag
from tradingbot.core.report.phrase import NONE, number, when
from tradingbot.core.report.validation.record import TrialsSeen, ValidationRecord
from tradingbot.core.report.validation.wording import in_unit

__all__ = ["trials"]

_NOTE = (
    "Whoever tries enough worthless strategies finds one that shines. So all trials on these markets and days count."
)
_BAR = 90


def trials(record: ValidationRecord) -> Html:
    """Return the counts, the corrected p-value and the strongest rivals."""
    seen = record.trials
    parts = [_tiles(seen), tag("p", _said(seen), class_="aside"), *_rivals(record)]
    head = tag("p", "Head of the ledger ", tag("code", seen.head or NONE), class_="note")
    return card("Trials in the ledger", *parts, head, note=_NOTE, anchor="trials")


def _tiles(seen: TrialsSeen) -> Html:
    tiles = (
        ("On record", number(seen.recorded, 0), "rows on these markets and days"),
        ("Counted", number(seen.counted, 0), "distinct, in the correction"),
        ("Alone", in_unit(seen.own_p, "p"), "p, were this the only trial"),
        ("Corrected", in_unit(seen.adjusted_p, "p"), "p, with all trials counted"),
    )
    written = (
        tag(
            "div",
            tag("p", title, class_="title"),
            tag("p", value, class_="value"),
            tag("p", note, class_="note"),
            class_="tile",
        )
        for title, value, note in tiles
    )
    return tag("div", *written, class_="tiles")


def _said(seen: TrialsSeen) -> str:
    if seen.adjusted_p is None:
        return "There was too little data for a corrected p-value."
    share = f"in a share of {in_unit(seen.adjusted_p, 'p')} of the draws."
    if seen.counted == 1:
        times = number(seen.resamples, 0)
        return f"Stripped of its mean and redrawn {times} times, the candidate alone reached its own t {share}"
    return (
        f"All {number(seen.counted, 0)} were stripped of their mean and redrawn together "
        f"{number(seen.resamples, 0)} times; "
        f"the best of them reached this candidate's t {share}"
    )


def _rivals(record: ValidationRecord) -> list[Html]:
    seen = record.trials
    if not seen.strongest:
        return []
    most = max(abs(t) for t in (seen.t or 0.0, 1e-9, *(one.t for one in seen.strongest)))
    ranked = [(one.t, [one.label, _t(one.t, most), one.who, one.purpose, when(one.when)]) for one in seen.strongest]
    if seen.t is not None:
        ranked.append((seen.t, [tag("strong", f"{record.candidate} (this one)"), _t(seen.t, most, "own"), "", "", ""]))
    rows = [row for _, row in sorted(ranked, key=lambda item: -item[0])]
    heads = [("Trial", "words"), ("t", "bar"), ("Who", ""), ("Why", ""), ("When", "")]
    return [tag("h3", "Strongest rivals"), table(heads, rows, "Strongest rivals")]


def _t(value: float, most: float, kind: str = "other") -> Html:
    width = f"{max(abs(value) / most * _BAR, 1):.1f}"
    bar = tag("rect", x="0", y="2", width=width, height="9", rx="2", class_="down" if value < 0 else kind)
    drawn = tag("svg", bar, class_="tbar", viewBox=f"0 0 {_BAR} 13", aria_hidden="true")
    return tag("span", drawn, number(value, 2, sign=True))
