# file: tests/reports/browser.py
"""What every report's test shares: the page as a browser would take it apart, the screen as a terminal shows it."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

from rich.console import Console, RenderableType

_VOID = {"meta", "br", "col"}


class Browser(HTMLParser):
    """A page's addresses, ids, second heads, charts and visible words; `open` holds the tags that are not closed yet.

    A subclass sets up what else it looks for in `begin`, and finds it in `opened` and `seen`.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.html = text
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
        """See a tag that opens."""

    def seen(self, data: str) -> None:
        """See visible text inside of `open`."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.addresses += [str(known[name]) for name in ("src", "href", "srcset", "action", "data") if name in known]
        self.ids.update([known["id"]] if "id" in known else [])
        self.opened(tag)
        if tag not in _VOID:
            self.open.append((tag, known))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, known = self.open[-1] if self.open else ("", {})
        if tag == "script":
            self.charts += [json.loads(data)] if known.get("type") == "application/json" else []
        if tag in {"script", "style"}:
            return
        self.heads += [data] if tag == "h2" else []
        self.seen(data)
        self.words.append(data)


def assert_self_contained(page: Browser) -> None:
    """Well-formed, links within the page alone, no address in a style, every colour of a chart in the styles."""
    assert page.open == []
    assert max(page.ids.values()) == 1
    assert all(address.startswith("#") for address in page.addresses)
    assert {address.removeprefix("#") for address in page.addresses} <= set(page.ids)
    for style in re.findall(r"<style>(.*?)</style>", page.html, re.DOTALL):
        assert "url(" not in style
        assert "@import" not in style
    used = set(re.findall(r'"@([a-z]+)"', json.dumps(page.charts)))
    assert used <= set(re.findall(r"--([a-z]+):", page.html))


def printed(screen: RenderableType, width: int = 100) -> str:
    """Return what a terminal without colours shows."""
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    console.print(screen)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
