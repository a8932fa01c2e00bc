# file: reports/markup.py
"""HTML building blocks: every text is escaped unless it was built here; the cautions that reports open with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

_VOID = {"meta", "br", "col"}


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: str) -> Html:
    """Return an element; an attribute's trailing underscore is dropped, inner ones become dashes."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items() if value
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Iterable[str | None]) -> Html:
    """Return the children one after the other, plain text escaped, None left out."""
    return Html(
        "".join(child if isinstance(child, Html) else escape(child, quote=False) for child in children if child)
    )


def signed(value: float | None, text: str) -> Html:
    """Return `text` in the colour of the sign of `value`; the text itself carries the sign."""
    name = "" if not value else "gain" if value > 0 else "loss"
    return tag("span", text, class_=name) if name else join([text])


def greyed(text: str, reason: str) -> Html:
    """Return `text` greyed, with the `reason` to be shown when it is pointed at; as it is without one."""
    return tag("span", text, class_="weak", title=reason) if reason else join([text])


def cell(text: str, kind: str = "") -> Html:
    """Return a table cell; `kind` is a class such as num."""
    return tag("td", text, class_=kind)


def table(heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], label: str) -> Html:
    """Return a table that scrolls sideways when the screen is narrow.

    `heads` are pairs of title and class; the class (num: a right-aligned number) goes for the whole column.
    """
    head = tag("tr", *(tag("th", title, scope="col", class_=kind) for title, kind in heads))
    body = [tag("tr", *(cell(text, kind) for text, (_, kind) in zip(row, heads, strict=True))) for row in rows]
    return tag(
        "div",
        tag("table", tag("thead", head), tag("tbody", *body)),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=label,
    )


def card(title: str, *children: str | None, note: str = "", wide: bool = True, anchor: str = "") -> Html:
    """Return a titled block; `note` is a line of explanation under the title, `anchor` what a link jumps to."""
    return tag(
        "section",
        tag("h2", title),
        tag("p", note, class_="note") if note else None,
        *children,
        class_="card wide" if wide else "card",
        id=anchor,
    )


def embedded(value: Any) -> Html:
    """Return `value` as JSON that cannot end the script it stands in."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return tag("script", Html(text.replace("<", "\\u003c")), type="application/json")


def caution_block(cautions: Sequence[str], synthetic: str) -> list[Html]:
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
