# file: tests/ui/web/testrendering.py
from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from tests.ui.web.webfixture import HOSTILE, NOW, Room, lane, live_feed, node, validation
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Kind, Role, Visitor
from tradingbot.core.messages.candidateview import TrialTotals
from tradingbot.core.messages.feedview import FeedView
from tradingbot.core.messages.laneview import HeartbeatView, ParityTile, Performance
from tradingbot.core.messages.livediff import LiveDiff
from tradingbot.core.messages.processview import Supervision
from tradingbot.ui.web.rendering import Renderer
from tradingbot.ui.web.routes.assets import assets


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer({name: asset.version for name, asset in assets().items()})


def test_the_address_of_a_file_changes_with_it(renderer: Renderer) -> None:
    assert Renderer({"base.css": "1"}).asset("base.css") == "/static/base.css?v=1"
    assert renderer.asset("base.css") != Renderer({"base.css": "1"}).asset("base.css")
    with pytest.raises(KeyError):
        renderer.asset("nothing.css")


def test_what_a_template_is_not_given_is_an_error_and_no_gap(renderer: Renderer) -> None:
    with pytest.raises(UndefinedError, match="'sentence' is undefined"):
        renderer.page("error.html", visitor=None, path="/", status=404)


def test_a_template_that_is_none_is_an_error(renderer: Renderer) -> None:
    with pytest.raises(TemplateNotFound):
        renderer.page("nothing.html")


def test_every_value_is_escaped(renderer: Renderer) -> None:
    shown = renderer.page("error.html", visitor=None, path="/", status=404, sentence="<b>\"'&")
    assert "&lt;b&gt;&#34;&#39;&amp;" in shown


def test_a_fragment_is_one_element_that_can_stand_for_the_one_before(renderer: Renderer) -> None:
    shown = renderer.fragment("panel.html", lane=lane(Lane.FOREX, node()), now=NOW)
    assert shown.startswith("<article ")
    assert shown.endswith("</article>")
    assert shown.count('id="lane-forex"') == 1


class Skeleton(HTMLParser):
    """What a page consists of, without its texts and its attributes' values."""

    VOID = frozenset({"input", "br", "link", "meta", "path", "rect", "circle", "stop"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.ids: list[str] = []
        self.meant: list[str] = []
        self.bare: list[str] = []
        self.unknown: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, tuple(given)))
        if tag not in self.VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids.append(given["id"] or "")
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.meant += (given.get(name) or "").split()
        if tag == "style" or (tag == "script" and "src" not in given) or (tag == "button" and "type" not in given):
            self.bare.append(tag)
        self.bare += [name for name in given if name == "style" or name.startswith("on")]
        if tag in ("script", "link") and not (given.get("src") or given.get("href") or "").startswith("/static/"):
            self.unknown.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def said(view: Any, text: str) -> Any:
    """Return a view in which every text is this one, but for words that the program itself chose from a list."""
    if isinstance(view, StrEnum) or not (isinstance(view, str | tuple) or is_dataclass(view)):
        return view
    if isinstance(view, str):
        return text
    if isinstance(view, tuple):
        return tuple(said(one, text) for one in view)
    kept = {"cause", "ways", "report"}
    names = [one.name for one in fields(view) if one.name not in kept]
    return replace(view, **{name: said(getattr(view, name), text) for name in names})  # type: ignore[type-var]


ANN = Visitor("ann", Role.ADMIN, Kind.SESSION, "s1", "sesame")
SIDE_BY_SIDE = (node(), node("second", role="challenger"))
DESK = Room(lanes=tuple(lane(name, *SIDE_BY_SIDE, text="odd", killed=True) for name in Lane), text="x")
NONE = Room()
QUIET = Supervision(False, 0, (), (), "not there")
EMPTY = node(
    "bare", curve=(), positions=(), trades=(), refusals=(), happenings=(), drift=(), strategies=(), parity=None,
    standing=Performance(0, None, Decimal(0), Decimal(0), Decimal(0), None, None, None, None, None, None, None),
    unread="it is locked",
    beat=HeartbeatView("unknown", "", 0, 0, 0),
)  # fmt: skip
LIVE = node("live", feed="bybit", since=NOW + 1, end=None, checkpoint=0)
TROUBLED = node("odd", parity=ParityTile(NOW, "2025-01-06", 1, 1, 1, 0, (), "no bars"), curve=((NOW, 1.0),))
NOTHING = TrialTotals(0, 0, "", False, "", ())

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "lanes": (
        "dashboard.html",
        {"lanes": DESK.overview(), "feed": DESK.feed(), "supervision": DESK.processes(), "feeds": DESK.feeds()},
    ),
    "no nodes": ("dashboard.html", {"lanes": NONE.lanes, "feed": (), "feeds": (), "supervision": QUIET}),
    "bare nodes": (
        "dashboard.html",
        {
            "lanes": (lane(Lane.FOREX, EMPTY, TROUBLED), lane(Lane.OPTIONS, TROUBLED, LIVE)),
            "feed": (),
            "feeds": (FeedView("odd", unread="it is locked"), FeedView("new"), live_feed(refused=(), alarms=0)),
            "supervision": QUIET,
        },
    ),
    "diff": ("diff.html", {"diff": DESK.diff(Lane.FOREX, 3), "lane": Lane.FOREX}),
    "no diff": ("diff.html", {"diff": LiveDiff(Lane.FOREX, (), 0, 0, 0, (), ()), "lane": Lane.FOREX}),
    "validation": ("validation.html", {"view": validation(html="x")}),
    "criteria": ("criteria.html", {"view": replace(validation(), facts=(), reasons=(), settle=(), cautions=())}),
    "registry": (
        "registry.html",
        {"rows": DESK.registry(), "trials": DESK.trials(), "totals": DESK.totals(), "candidates": DESK.candidates()},
    ),
    "no registry": ("registry.html", {"rows": (), "trials": (), "totals": NOTHING, "candidates": ()}),
    "sessions": ("sessions.html", {"sessions": DESK.sessions()}),
    "no sessions": ("sessions.html", {"sessions": ()}),
    "login": ("login.html", {"visitor": None, "error": "wrong", "setup": True}),
    "setup": ("setup.html", {"visitor": None, "secret": "once", "error": "short"}),
    "error": ("error.html", {"visitor": None, "status": 404, "sentence": "there is no page"}),
}  # fmt: skip


def shown(renderer: Renderer, page: str, text: str | None = None) -> str:
    name, context = PAGES[page]
    if text is not None:
        context = {key: said(value, text) for key, value in context.items()}
    return renderer.page(name, **{"visitor": ANN, "now": NOW, "path": "/"} | context)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_whole_and_says_what_belongs_to_what(renderer: Renderer, page: str) -> None:
    found = Skeleton(shown(renderer, page))
    assert len(found.ids) == len(set(found.ids))
    assert set(found.meant) <= set(found.ids)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_script_and_no_style_of_its_own_and_loads_nothing_foreign(renderer: Renderer, page: str) -> None:
    found = Skeleton(shown(renderer, page))
    assert (found.bare, found.unknown) == ([], [])


@pytest.mark.parametrize("page", PAGES)
def test_no_text_of_anybody_changes_what_a_page_consists_of(renderer: Renderer, page: str) -> None:
    assert Skeleton(shown(renderer, page, HOSTILE)).tags == Skeleton(shown(renderer, page, "x")).tags


def test_what_is_loaded_at_first_is_light(renderer: Renderer) -> None:
    loaded = sum(len(asset.content) for asset in assets().values())
    assert loaded + len(shown(renderer, "no nodes").encode()) < 60_000
