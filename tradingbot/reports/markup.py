# file: reports/markup.py
"""HTML building blocks: elements, tables, cards, tiles, lists of facts, warnings; text is escaped unless built here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

_VOID = {"meta", "br", "col"}

Head = tuple[str, str]
"""Title and class of a table's column; the class `num` is a right-aligned number."""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: str) -> Html:
    """Return an element; an attribute's trailing underscore is dropped, inner ones become dashes."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items() if value
    )
    return Html(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{join(children)}</{name}>")


def join(children: Iterable[str | None]) -> Html:
    """Return the children one after the other, plain text escaped, None left out."""
    return Html(
        "".join(child if isinstance(child, Html) else escape(child, quote=False) for child in children if child)
    )


def signed(value: float | None, text: str) -> Html:
    """Return `text` in the colour of the sign of `value`; the text itself carries the sign."""
    return tag("span", text, class_="gain" if value > 0 else "loss") if value else join([text])


def greyed(text: str, reason: str) -> Html:
    """Return `text` greyed, with the `reason` to be shown when it is pointed at; as it is without one."""
    return tag("span", text, class_="weak", title=reason) if reason else join([text])


def remark(text: str) -> Html:
    """Return a line of small print."""
    return tag("p", text, class_="note")


def numeric(*titles: str) -> list[Head]:
    """Return the heads of columns of numbers."""
    return [(title, "num") for title in titles]


def table(heads: Sequence[Head], rows: Iterable[Sequence[str]], label: str) -> Html:
    """Return a table that scrolls sideways when the screen is narrow."""
    head = tag("tr", *(tag("th", title, scope="col", class_=kind) for title, kind in heads))
    body = [
        tag("tr", *(tag("td", text, class_=kind) for text, (_, kind) in zip(row, heads, strict=True))) for row in rows
    ]
    return scroll(tag("table", tag("thead", head), tag("tbody", *body)), label)


def scroll(wide: Html, label: str) -> Html:
    """Return a box that scrolls sideways; `label` says to a screen reader what is in it."""
    return tag("div", wide, class_="scroll", tabindex="0", role="region", aria_label=label)


def card(title: str, *children: str | None, note: str = "", wide: bool = True, anchor: str = "") -> Html:
    """Return a titled block; `note` is a line of explanation under the title, `anchor` what a link jumps to."""
    opening = tag("h2", title), remark(note) if note else None
    return tag("section", *opening, *children, class_="card wide" if wide else "card", id=anchor)


def details(summary: str, *children: str | None, opened: bool = False) -> Html:
    """Return a part that is closed until somebody opens it."""
    return tag("details", tag("summary", summary), *children, open="open" if opened else "")


def tiles(*shown: tuple[str, str, str]) -> Html:
    """Return large numbers side by side, each (title, value, meaning)."""
    parts = (
        tag("div", tag("p", title, class_="title"), tag("p", value, class_="value"), remark(meaning), class_="tile")
        for title, value, meaning in shown
    )
    return tag("div", *parts, class_="tiles")


def facts(pairs: Iterable[tuple[str, str]], kind: str = "facts") -> Html:
    """Return a list of names with their values; those without a value are left out."""
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs if text), class_=kind)


def badges(*texts: str, loud: Sequence[str] = (), alarm: Sequence[str] = ()) -> Html:
    """Return short facts as badges, those that change how to read the page first and in colour."""
    kinds = (("badge alarm", alarm), ("badge loud", loud), ("badge", texts))
    return tag("p", *(tag("span", text, class_=kind) for kind, some in kinds for text in some if text), class_="badges")


def contents(parts: Sequence[tuple[str, str]]) -> Html:
    """Return links to the parts of a page, each (anchor, title)."""
    links = (tag("a", title, href=f"#{anchor}") for anchor, title in parts)
    return tag("nav", *links, class_="wide contents", aria_label="Parts of this report")


def embedded(value: Any) -> Html:
    """Return `value` as JSON that cannot end the script it stands in."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return tag("script", Html(text.replace("<", "\\u003c")), type="application/json")


def warnings_block(sentences: Sequence[str], synthetic: str) -> list[Html]:
    """Return the warnings of a report; nothing where there are none.

    `synthetic` is what a synthetic market means for this report, empty where it is none; it comes first, unless a
    warning says it already.
    """
    said = any("synthetic" in sentence for sentence in sentences)
    lines = [*([synthetic] if synthetic and not said else []), *sentences]
    items = tag("ul", *(tag("li", line) for line in lines))
    return [tag("section", tag("h2", "Warnings"), items, class_="card wide cautions")] if lines else []


def strategy(entry: Mapping[str, Any]) -> Html:
    """Return a strategy of a config, its path with its parameters."""
    params = ", ".join(f"{key} = {value}" for key, value in sorted((entry.get("params") or {}).items()))
    path = str(entry.get("path") or entry.get("id") or "strategy")
    return tag("span", tag("code", path), f" {params or 'default parameters'}", class_="strategy")


def versions(packages: Mapping[str, str]) -> tuple[str, str]:
    """Return the versions of a run's packages as a fact."""
    return "Versions", ", ".join(f"{name} {version}" for name, version in sorted(packages.items()))


def reproduce(command: str, pairs: Iterable[tuple[str, str]], *more: Html | None, note: str) -> Html:
    """Return the card that repeats a run: its command, what it ran on, and `more`, such as hashes."""
    again = tag("pre", tag("code", command))
    return card("Reproduce this run", again, facts(pairs), *more, note=note, anchor="repeat")
