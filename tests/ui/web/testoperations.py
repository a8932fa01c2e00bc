# file: tests/ui/web/testoperations.py
"""The real operations over an empty home, asked as the web asks; and a kill beside slow pages."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.ui.web.webfixture import Room, listening
from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Entered
from tradingbot.core.messages.laneview import LaneView
from tradingbot.operations import registry, trials, validation
from tradingbot.operations.accounts import access
from tradingbot.operations.audit import query as audit
from tradingbot.operations.status import livediff, overview
from tradingbot.ui.web import operations
from tradingbot.ui.web.app import serve
from tradingbot.ui.web.settings import WebSettings

MANY = 12
ADMIN = {"authorization": "Bearer admin"}


@dataclass
class Stuck(Room):
    """A room where whoever looks or promotes waits until `free` is set; `waiting` counts those who got that far."""

    free: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def overview(self) -> tuple[LaneView, ...]:
        self._wait()
        return super().overview()

    def command(self, verb: str, target: Any, operator: str, reason: str) -> str:
        if verb == "promote":
            self._wait()
        return super().command(verb, target, operator, reason)

    def _wait(self) -> None:
        self.waiting.release()
        assert self.free.wait(20)


def test_a_kill_waits_neither_for_slow_pages_nor_for_slow_commands() -> None:
    room = Stuck()
    with listening(room) as client, ThreadPoolExecutor(2 * MANY) as crowd:
        try:
            slow = [crowd.submit(client.get, "/status", headers=ADMIN) for _ in range(MANY)]
            slow += [crowd.submit(client.post, "/promote/learner", headers=ADMIN) for _ in range(MANY)]
            # Every thread that looks and every one that commands is taken: 8 and 4.
            assert all(room.waiting.acquire(timeout=10) for _ in range(8 + 4))
            killed = client.post("/kill/forex", headers=ADMIN, json={"reason": "now"})
            assert (killed.status_code, room.asked) == (200, [("kill", "forex", "admin", "now")])
            assert client.post("/live/forex/disable", headers=ADMIN).status_code == 200
            assert not any(one.done() for one in slow)
        finally:
            room.free.set()
        assert {one.result().status_code for one in slow} == {200}


PASSWORD = "long enough now"  # noqa: S105 - opens nothing


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))


def test_an_empty_home_is_shown_as_one() -> None:
    assert [view.lane for view in overview.overview()] == list(Lane)
    assert overview.feed() == ()
    assert not overview.processes().alive
    assert livediff.diff(Lane.FOREX, 5).rows == ()
    assert (validation.candidates(), registry.registry(), trials.trials(), trials.totals().recorded) == ((), (), (), 0)


def test_a_kill_and_a_resume_stand_and_say_so() -> None:
    before = overview.version()
    assert operations.kill(Lane.FOREX, "ann", "flood") == "forex is killed"
    assert overview.version() != before
    assert operations.kill(Lane.FOREX, "ann", "flood") == "forex was killed before and stays killed"
    (view,) = (view for view in overview.overview() if view.lane is Lane.FOREX)
    assert (view.killed, view.killed_by, view.killed_reason) == (True, "ann", "flood")
    assert operations.resume(Lane.FOREX, "bob", "dry again") == "forex is resumed"
    assert not any(view.killed for view in overview.overview())
    told = [asked.to_dict() for asked in audit.recent_commands(10)]
    assert [(one["operator"], one["verb"], one["target"], one["face"]) for one in told] == [
        ("ann", "kill", "forex", "web"), ("ann", "kill", "forex", "web"), ("bob", "resume", "forex", "web"),
    ]  # fmt: skip


def test_what_is_refused_says_why() -> None:
    for act in (operations.resume, operations.enable):
        with pytest.raises(PolicyRefused, match="forex"):
            act(Lane.FOREX, "ann", "because")
    assert operations.disable(Lane.FOREX, "ann", "") == "forex was off before and stays off"
    for change in (operations.promote, operations.demote, operations.retire):
        with pytest.raises(PolicyRefused, match="nobody"):
            change("nobody", "ann", "because")


def test_an_account_is_made_once_and_its_session_is_known() -> None:
    assert access.needs_setup()
    secret = access.setup_secret()
    assert access.setup_open(secret)
    access.setup(secret, "ann", PASSWORD)
    assert not access.needs_setup()
    assert not access.setup_open(secret)
    entered = access.login("ann", PASSWORD, "127.0.0.1", "Firefox")
    assert isinstance(entered, Entered)
    visitor = access.who(entered.secret)
    assert visitor == entered.visitor
    assert access.csrf_ok(entered.visitor, entered.visitor.csrf)
    assert [one.agent for one in access.sessions()] == ["Firefox"]
    assert access.bearer("tb_none") is None
    access.logout(entered.secret)
    assert access.who(entered.secret) is None


def test_it_says_nothing_and_makes_no_link_where_it_may_not_or_cannot_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    with pytest.raises(PolicyRefused, match="no account and no TLS"):
        serve(WebSettings(host="0.0.0.0"), told.append)  # noqa: S104 - refused
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "gone"))
    with pytest.raises(RunFailed, match="the home"):
        serve(WebSettings(), told.append)
    assert told == []
    assert list(tmp_path.iterdir()) == []
