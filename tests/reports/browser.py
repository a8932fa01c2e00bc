# file: tests/reports/browser.py
"""What every page's test shares: the page as a browser would take it apart."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from typing import Any

_VOID = {"meta", "br", "col"}


class Browser(HTMLParser):
    """A page's addresses, ids, second heads, charts and visible words; `open` holds the tags that are not closed yet.

    A subclass sets up what else it looks for in `begin`, and finds it in `opened` and `seen`.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.addresses: list[str] = []
        self.heads: list[str] = []
        self.charts: list[dict[str, Any]] = []
        self.words: list[str] = []
        self.ids: Counter[str | None] = Counter()
        self.begin()
        self.feed(text)
        self.close()
        self.text = " ".join("".join(self.words).split())

    def begin(self) -> None:
        """Do nothing more."""

    def opened(self, tag: str) -> None:
        """Hear of a tag that opens."""

    def seen(self, data: str) -> None:
        """Hear of visible text inside of `open`."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.addresses += [str(found[name]) for name in ("src", "href", "srcset", "action", "data") if name in found]
        self.ids.update([found["id"]] if "id" in found else [])
        self.opened(tag)
        if tag not in _VOID:
            self.open.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, found = self.open[-1] if self.open else ("", {})
        if tag == "script":
            self.charts += [json.loads(data)] if found.get("type") == "application/json" else []
        if tag in {"script", "style"}:
            return
        self.heads += [data] if tag == "h2" else []
        self.seen(data)
        self.words.append(data)
