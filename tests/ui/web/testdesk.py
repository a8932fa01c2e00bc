# file: tests/ui/web/testdesk.py
"""The real desk, over a home that is empty: every operation is reached, and asked as the web asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tradingbot import audit
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Entered
from tradingbot.ui.web.desk import Desk

PASSWORD = "long enough now"  # noqa: S105 - opens nothing


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return Desk.real()


def test_an_empty_home_is_shown_as_one(desk: Desk) -> None:
    assert [view.lane for view in desk.overview()] == list(Lane)
    assert desk.feed() == ()
    assert not desk.processes().alive
    assert desk.diff(Lane.FOREX, 5).rows == ()
    assert (desk.candidates(), desk.registry(), desk.trials(), desk.totals().recorded) == ((), (), (), 0)


def test_a_kill_and_a_resume_stand_and_say_so(desk: Desk) -> None:
    before = desk.version()
    assert desk.kill(Lane.FOREX, "ann", "flood") == "forex is killed"
    assert desk.version() != before
    assert desk.kill(Lane.FOREX, "ann", "flood") == "forex was killed before and stays killed"
    (view,) = (view for view in desk.overview() if view.lane is Lane.FOREX)
    assert (view.killed, view.killed_by, view.killed_reason) == (True, "ann", "flood")
    assert desk.resume(Lane.FOREX, "bob", "dry again") == "forex is resumed"
    assert not any(view.killed for view in desk.overview())
    told = [asked.to_dict() for asked in audit.asked(10)]
    assert [(one["operator"], one["verb"], one["target"], one["face"]) for one in told] == [
        ("ann", "kill", "forex", "web"), ("ann", "kill", "forex", "web"), ("bob", "resume", "forex", "web"),
    ]  # fmt: skip


def test_what_is_refused_says_why(desk: Desk) -> None:
    for act in (desk.resume, desk.enable):
        with pytest.raises(PolicyRefused, match="forex"):
            act(Lane.FOREX, "ann", "because")
    assert desk.disable(Lane.FOREX, "ann", "") == "forex was off before and stays off"
    for change in (desk.promote, desk.demote, desk.retire):
        with pytest.raises(PolicyRefused, match="nobody"):
            change("nobody", "ann", "because")


def test_an_account_is_made_once_and_its_session_is_known(desk: Desk) -> None:
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
