# file: tests/ui/web/webfixture.py
"""A dashboard that really listens on the loopback, in front of operations that only remember what was asked of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from types import ModuleType
from typing import Any

import httpx
import pytest
import uvicorn

from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Denied, Entered, Kind, Role, SessionView, Visitor
from tradingbot.core.messages.candidateview import (
    CriterionView,
    FactView,
    RegistryRow,
    SpentRow,
    TrialRow,
    TrialTotals,
    ValidationView,
)
from tradingbot.core.messages.feedview import FeedGap, FeedView
from tradingbot.core.messages.laneview import (
    ClosedTrade,
    FeedItem,
    HeartbeatView,
    LaneView,
    NodeEvent,
    NodeView,
    OpenPosition,
    ParityTile,
    Performance,
    StrategyView,
)
from tradingbot.core.messages.livediff import DiffRow, LiveDiff
from tradingbot.core.messages.processview import Disarmed, Process, Supervision
from tradingbot.core.time import DAY
from tradingbot.operations import registry, trials
from tradingbot.operations import validation as validations
from tradingbot.operations.accounts import access
from tradingbot.operations.status import feedreader, livediff, overview
from tradingbot.ui.web import operations
from tradingbot.ui.web.app import create_app
from tradingbot.ui.web.settings import WebSettings

OPERATIONS: dict[ModuleType, str] = {
    overview: "overview feed processes version",
    feedreader: "feeds",
    livediff: "diff",
    validations: "validation candidates",
    registry: "registry",
    trials: "trials totals",
    access: "needs_setup setup_secret setup_open setup login logout who bearer csrf_ok sessions revoke",
}
"""What a room stands in for, by module."""

NOW = 1_795_000_000_000_000_000
RIGHT = "right horse"
"""Everybody's password."""

HOSTILE = "<script>alert('x')</script> \"quoted\" & 'single'"
"""Put wherever a text of somebody else's may stand."""


def standing(**fields: Any) -> Performance:
    """Return numbers of a node."""
    net, realised = Decimal("2705.29"), Decimal("2633.01")
    least = Performance(
        44, Decimal("12705.29"), net, realised, net - realised, 0.035, 9.15, 25.97, 0.011, 0.795, 3.72, 18.8
    )
    return replace(least, **fields)


def node(name: str = "learner", text: str = "", **fields: Any) -> NodeView:
    """Return a node that has something of everything; `text` stands where others' words do."""
    held = OpenPosition("Follow-000", f"BTC{text}", Decimal("-0.119"), Decimal("51802.1"), NOW, Decimal("51166.2"),
                Decimal("52596.2"), Decimal("72.28"))  # fmt: skip
    bare = replace(held, quantity=Decimal(3), stop=None, pnl=Decimal(-5))
    traded = ClosedTrade(
        1, "Follow-000", f"BTC{text}", "LONG", Decimal(1), NOW, Decimal(1), NOW, Decimal(2), Decimal(1), "stop"
    )
    said = NodeEvent(NOW, f"daily_loss{text}", "Follow-000", f"too much {text}")
    made = NodeView(
        name=name, lane=Lane.CRYPTOFUTURES, candidate=name, role="champion", speed="60", feed="replay", currency="USDT",
        synthetic=True, start_equity=Decimal(10_000), start=NOW - 10**15, since=0, end=NOW, checkpoint=NOW - 10**13,
        data_wall=NOW, beat=HeartbeatView("running", text, NOW, NOW, 1_200),
        standing=standing(), strategies=(StrategyView("Follow-000", standing(equity=None)),),
        curve=tuple((NOW - 10**15 + step * 10**13, 10_000.0 + step * 27) for step in range(100)),
        positions=(held, bare), trades=(traded,), refusals=(said,), happenings=(said,), drift=(said,),
        parity=ParityTile(NOW, "2025-01-06", 10, 20, 30, 1, (f"differs {text}",), ""), unread="",
    )  # fmt: skip
    return replace(made, **fields)


def live_feed(text: str = "", **fields: Any) -> FeedView:
    """Return a live feed to which something of everything happened."""
    gap = FeedGap(f"BTC{text}", "bars", f"reconnect{text}", NOW - 10**12, NOW - 10**11, 8, 1, False)
    made = FeedView(
        "bybit", "stalled", f"it is late {text}", NOW, NOW + 8 * 10**9, 8 * 10**9, 1.0, 63 * 10**9, True,
        (f"BTC{text}",), 3, 1, gap, 2, 1, NOW - 10**14, (f"refused {text}",), NOW // DAY * DAY,
    )  # fmt: skip
    return replace(made, **fields)


def lane(name: Lane = Lane.CRYPTOFUTURES, *nodes: NodeView, text: str = "", killed: bool = False) -> LaneView:
    """Return a lane with nodes."""
    at = NOW if killed else None
    why = f"no live node runs {text}"
    return LaneView(name, killed, at, f"ann{text}", f"flood{text}", False, why, nodes, (text,) if text else ())


def validation(name: str = "learner", text: str = "", html: str = "") -> ValidationView:
    """Return a validation."""
    criterion = CriterionView("trades", f"Closed trades{text}", "1,292", "500", "-", "pass", True, False, f"why {text}")
    return ValidationView(
        candidate=name, run="full-1", finished=NOW, verdict="FAIL", reason=f"reason {text}", reasons=(f"one {text}",),
        settle=(f"more {text}",), criteria=(criterion, replace(criterion, answer="fail", passed=False)),
        facts=(FactView("PBO", "30 %", f"meaning {text}"),), cautions=(f"careful {text}",), budget="full",
        synthetic=True,
        certified=True, issued=NOW, expires=NOW + 10**15, html=html, sha256="ab" * 32, report={"a": 1},
    )  # fmt: skip


@dataclass
class Room:
    """What the dashboard is shown, and what it asked for. Cookie and token of a role are the role's own name."""

    lanes: tuple[LaneView, ...] = field(default_factory=lambda: tuple(lane(name) for name in Lane))
    text: str = ""
    html: str = ""
    state: str = "1"
    setup_due: bool = False
    owner: str = "ann"
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    fails: Exception | None = None

    def overview(self) -> tuple[LaneView, ...]:
        if self.fails is not None:
            raise self.fails
        return self.lanes

    def version(self) -> str:
        return self.state

    def feed(self) -> tuple[FeedItem, ...]:
        return (FeedItem(NOW, NOW, "learner", "forex", 1, "trade", f"closed {self.text}"),)

    def candidates(self) -> tuple[str, ...]:
        return ("learner",)

    def trials(self) -> tuple[TrialRow, ...]:
        return (TrialRow(1, NOW, "ann", "validate", self.text, "x:Y", "forex", ("EUR",), "1h", NOW, NOW, 3, ""),)

    def totals(self) -> TrialTotals:
        spent = SpentRow("ann", self.text, ("EUR",), "2021", "2022", 2, 1, (), "", "")
        return TrialTotals(2, 1, "ab", True, "", (spent,))

    def needs_setup(self) -> bool:
        return self.setup_due

    def setup_secret(self) -> str:
        return "once"

    def setup_open(self, given: str) -> bool:
        return self.setup_due and given == "once"

    def logout(self, secret: str) -> None:
        self.gone.add(secret)

    def bearer(self, token: str) -> Visitor | None:
        return self._visitor(token, Kind.TOKEN)

    def csrf_ok(self, visitor: Visitor, given: str) -> bool:
        return bool(visitor.csrf) and given == visitor.csrf

    def sessions(self) -> tuple[SessionView, ...]:
        return (SessionView("s1", self.owner, Role.ADMIN, self.text, NOW, NOW, NOW),)

    def feeds(self) -> tuple[FeedView, ...]:
        return (live_feed(self.text),)

    def processes(self) -> Supervision:
        one = Process("learner", "paper", 7, "given_up", NOW, 3, self.text, Lane.FOREX, ())
        return Supervision(True, 1, (one,), (Disarmed(Lane.FOREX, NOW, "learner", self.text),), "")

    def diff(self, name: Lane, last: int) -> LiveDiff:
        row = DiffRow(
            1, "learner", NOW, "F", "BTC", "LONG", "approved", Decimal(2), "", "refused", None, "market_sane", "policy",
            "market_sane", self.text, "lane_enabled", self.text,
        )  # fmt: skip
        return LiveDiff(name, (row,) * min(last, 3), 3, 0, 0, (("market_sane", 3),), (("lane_enabled", 2),))

    def validation(self, name: str) -> ValidationView:
        if name != "learner":
            raise BadInput(f"{name} was never validated, known: learner")
        return validation(name, self.text, self.html)

    def registry(self) -> tuple[RegistryRow, ...]:
        return (
            RegistryRow("learner", "promoted", NOW, "ann", self.text, "x:Y", Lane.FOREX, "r", NOW, True,
                        ("demoted", "retired")),
        )  # fmt: skip

    def command(self, verb: str, target: Any, operator: str, reason: str) -> str:
        self.asked.append((verb, str(target), operator, reason))
        if reason == "refuse":
            raise PolicyRefused(f"{target} was not changed: refused")
        return f"{target}: {verb} done"

    def setup(self, secret: str, name: str, password: str) -> None:
        if len(password) < 12:
            raise BadInput("password was 3 characters, allowed are 12 or more")
        self.asked.append(("setup", secret, name, password))
        self.setup_due = False

    def login(self, name: str, password: str, address: str, agent: str) -> Entered | Denied:
        if name == "busy":
            return Denied("too many logins failed; the next one is looked at in 9 s", 9)
        visitor = self._visitor(name, Kind.SESSION)
        if visitor is None or password != RIGHT:
            return Denied("the name or the password is wrong")
        return Entered(name, visitor, 600)

    def who(self, secret: str) -> Visitor | None:
        return None if secret in self.gone else self._visitor(secret, Kind.SESSION)

    def revoke(self, session: str, operator: str) -> str:
        if session != "s1":
            raise BadInput(f"there is no session {session}")
        return self.command("revoke", session, operator, "")

    def _visitor(self, role: str, kind: Kind) -> Visitor | None:
        if role not in list(Role):
            return None
        return Visitor(role, Role(role), kind, f"{kind}-{role}", "sesame" if kind is Kind.SESSION else "")


@contextmanager
def shown(room: Room) -> Iterator[None]:
    """Let the room stand in for the operations."""
    with pytest.MonkeyPatch.context() as patch:
        for module, names in OPERATIONS.items():
            for name in names.split():
                patch.setattr(module, name, getattr(room, name))
        for verb in ("kill", "resume", "enable", "disable", "promote", "demote", "retire"):
            patch.setattr(operations, verb, partial(room.command, verb))
        yield


@contextmanager
def listening(room: Room) -> Iterator[httpx.Client]:
    """Serve the room on a free port of the loopback and give a client whose base it is."""
    with shown(room), _served() as client:
        yield client


@contextmanager
def _served() -> Iterator[httpx.Client]:
    config = uvicorn.Config(
        create_app(WebSettings()), port=0, log_level="critical", timeout_graceful_shutdown=1, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()
