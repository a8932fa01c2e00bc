# file: tests/ui/web/testoperations.py
"""The real desk, over a home that is empty: every operation is reached, and asked as the web asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.ui.web.webfixture import Room, listening
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Entered
from tradingbot.operations.audit import query as audit
from tradingbot.ui.web.operations import Operations

MANY = 12
ADMIN = {"authorization": "Bearer admin"}


@dataclass
class Stuck(Room):
    """A room where whoever looks or promotes waits until `free` is set; `waiting` counts those who got that far."""

    free: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def desk(self) -> Operations:
        desk = super().desk()
        return replace(desk, overview=self._slow(desk.overview), promote=self._slow(desk.promote))

    def _slow[T](self, ask: Callable[..., T]) -> Callable[..., T]:
        def wait(*values: Any) -> T:
            self.waiting.release()
            assert self.free.wait(20)
            return ask(*values)

        return wait


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


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operations:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return Operations.real()


def test_an_empty_home_is_shown_as_one(desk: Operations) -> None:
    assert [view.lane for view in desk.overview()] == list(Lane)
    assert desk.feed() == ()
    assert not desk.processes().alive
    assert desk.diff(Lane.FOREX, 5).rows == ()
    assert (desk.candidates(), desk.registry(), desk.trials(), desk.totals().recorded) == ((), (), (), 0)


def test_a_kill_and_a_resume_stand_and_say_so(desk: Operations) -> None:
    before = desk.version()
    assert desk.kill(Lane.FOREX, "ann", "flood") == "forex is killed"
    assert desk.version() != before
    assert desk.kill(Lane.FOREX, "ann", "flood") == "forex was killed before and stays killed"
    (view,) = (view for view in desk.overview() if view.lane is Lane.FOREX)
    assert (view.killed, view.killed_by, view.killed_reason) == (True, "ann", "flood")
    assert desk.resume(Lane.FOREX, "bob", "dry again") == "forex is resumed"
    assert not any(view.killed for view in desk.overview())
    told = [asked.to_dict() for asked in audit.recent_commands(10)]
    assert [(one["operator"], one["verb"], one["target"], one["face"]) for one in told] == [
        ("ann", "kill", "forex", "web"), ("ann", "kill", "forex", "web"), ("bob", "resume", "forex", "web"),
    ]  # fmt: skip


def test_what_is_refused_says_why(desk: Operations) -> None:
    for act in (desk.resume, desk.enable):
        with pytest.raises(PolicyRefused, match="forex"):
            act(Lane.FOREX, "ann", "because")
    assert desk.disable(Lane.FOREX, "ann", "") == "forex was off before and stays off"
    for change in (desk.promote, desk.demote, desk.retire):
        with pytest.raises(PolicyRefused, match="nobody"):
            change("nobody", "ann", "because")


def test_an_account_is_made_once_and_its_session_is_known(desk: Operations) -> None:
    assert desk.needs_setup()
    secret = desk.setup_secret()
    assert desk.setup_open(secret)
    desk.setup(secret, "ann", PASSWORD)
    assert not desk.needs_setup()
    assert not desk.setup_open(secret)
    entered = desk.login("ann", PASSWORD, "127.0.0.1", "Firefox")
    assert isinstance(entered, Entered)
    visitor = desk.who(entered.secret)
    assert visitor == entered.visitor
    assert desk.csrf_ok(entered.visitor, entered.visitor.csrf)
    assert [one.agent for one in desk.sessions()] == ["Firefox"]
    assert desk.bearer("tb_none") is None
    desk.logout(entered.secret)
    assert desk.who(entered.secret) is None
