# file: tests/operations/testliveswitch.py
from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.core.registry.samples import DAY, HEAD, NOW, PARTS, install
from tradingbot import promote
from tradingbot.core.config.home import SYNTHETIC
from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.execution.switches.history import ChangeKind
from tradingbot.core.lane import Lane
from tradingbot.core.messages.processview import Disarmed
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.runtime.supervisor.eventlog import SupervisorStore
from tradingbot.operations import killswitch as switching
from tradingbot.operations import liveswitch as enabling
from tradingbot.operations.audit import query as audit
from tradingbot.operations.audit.entry import Interface
from tradingbot.operations.audit.log import audit_log

NO_NODE = "no live node of the forex lane runs"
NO_CANDIDATE = "no candidate of it is promoted"
KILLED = "it is killed: spread 14 pips"
MADE_UP = "nothing in a synthetic home trades real money"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.delenv("TRADINGBOT_SIGNING_KEY", raising=False)
    monkeypatch.setattr("time.time_ns", lambda: NOW + 2 * DAY)
    return tmp_path


def crown_one(home: Path) -> None:
    """Promote trend-1 of the forex lane, through the door to the registry."""
    install(home)
    promote.promote("trend-1", "ann", "sound", NOW + DAY, lambda _certificate: PARTS, lambda: {HEAD})


@contextmanager
def live_node(lane: Lane = Lane.FOREX) -> Iterator[None]:
    """Hold the lock that a live node of the lane would."""
    with single_instance(enabling.live_lock(lane)):
        yield


def enable(operator: str = "ann", reason: str = "it is time", face: Interface = Interface.CLI) -> str:
    return enabling.enable(Lane.FOREX, operator, reason, face)


def refused(sentence: str, operator: str = "ann", reason: str = "it is time") -> None:
    with pytest.raises(PolicyRefused) as no:
        enable(operator, reason)
    assert str(no.value) == sentence
    assert enabling.live_switch(Lane.FOREX).read() is None


def commands() -> list[tuple[str, str, str, str, str]]:
    """Return verb, operator, reason, outcome and sentence of every command on record."""
    found = []
    for asked in audit.recent_commands(100):
        command, answer = asked.command.command, asked.answer
        assert answer is not None
        assert answer.outcome is not None
        found.append((command.verb, command.operator, command.reason, answer.outcome.value, answer.sentence))
    return found


@pytest.mark.parametrize("holds", list(itertools.product([False, True], repeat=4)))
def test_it_is_refused_for_every_reason_that_holds_and_for_none_that_does_not(
    home: Path, holds: tuple[bool, bool, bool, bool]
) -> None:
    killed, no_node, no_candidate, made_up = holds
    if not no_candidate:
        crown_one(home)
    if killed:
        switching.kill(Lane.FOREX, "spread 14 pips", "bob")
    if made_up:
        (home / SYNTHETIC).touch()
    reasons = list(itertools.compress((KILLED, NO_NODE, NO_CANDIDATE, MADE_UP), holds))
    with ExitStack() as stack:
        if not no_node:
            stack.enter_context(live_node())
        if not reasons:
            assert enable() == "forex is enabled: it trades real money"
            assert enabling.live_state(Lane.FOREX) == (True, "on since 2025-11-26T16:00:00Z by ann: it is time")
            return
        sentence = "; ".join(reasons)
        refused(f"forex stays off: {sentence}")
        assert enabling.live_state(Lane.FOREX) == (False, f"off: {sentence}")
        assert commands()[-1] == ("enable", "ann", "it is time", "refused", f"forex stays off: {sentence}")


def test_a_home_as_it_comes_has_no_lane_that_may_trade_real_money() -> None:
    assert {enabling.live_state(lane) for lane in Lane} == {
        (False, f"off: no live node of the {lane} lane runs; {NO_CANDIDATE}") for lane in Lane
    }


@pytest.mark.parametrize(
    ("operator", "reason", "missing"),
    [
        ("", "it is time", ["an operator's name is needed"]),
        ("ann", " ", ["a reason is needed"]),
        ("", "", ["an operator's name is needed", "a reason is needed"]),
    ],
)
def test_somebody_must_answer_for_it(home: Path, operator: str, reason: str, missing: list[str]) -> None:
    refused(f"forex stays off: {'; '.join([*missing, NO_NODE, NO_CANDIDATE])}", operator, reason)
    crown_one(home)
    with live_node():
        refused(f"forex stays off: {'; '.join(missing)}", operator, reason)


def test_a_node_or_a_candidate_of_another_lane_helps_none(home: Path) -> None:
    crown_one(home)
    with live_node(), pytest.raises(PolicyRefused, match=rf"no live node of the options lane runs; {NO_CANDIDATE}$"):
        enabling.enable(Lane.OPTIONS, "ann", "why")


def test_a_candidate_that_is_validated_or_demoted_is_not_promoted(home: Path) -> None:
    install(home)
    with live_node():
        refused(f"forex stays off: {NO_CANDIDATE}")
        promote.promote("trend-1", "ann", "sound", NOW + DAY, lambda _certificate: PARTS, lambda: {HEAD})
        assert enabling.live_state(Lane.FOREX)[1] == "off: nobody enabled it for the live node that runs"
        promote.demote("trend-1", "ann", "losses", NOW + DAY)
        refused(f"forex stays off: {NO_CANDIDATE}")


def test_a_certificate_that_is_good_no_more_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crown_one(home)
    with live_node():
        enable()
        for now, how in ((NOW + 90 * DAY, "is good no more"), (NOW - 1, "is not good yet")):
            monkeypatch.setattr("time.time_ns", lambda now=now: now)
            assert enabling.live_state(Lane.FOREX) == (False, f"off: the certificate of trend-1 {how}")


def test_a_signing_key_that_is_gone_vouches_for_nobody(home: Path) -> None:
    crown_one(home)
    (home / "state" / "keys" / "validator.pem").unlink()
    with live_node(), pytest.raises(PolicyRefused, match=r"^forex stays off: the signing key .*validator.pem was not"):
        enable()


def test_a_registry_that_was_changed_vouches_for_nobody(home: Path) -> None:
    crown_one(home)
    with live_node():
        enable()
        with closing(sqlite3.connect(promote.registry_path())) as file, file:
            file.execute("DROP TRIGGER noupdate")
        live, sentence = enabling.live_state(Lane.FOREX)
    assert (live, sentence.endswith("noupdate was changed, added or removed")) == (False, True)


def test_what_was_enabled_ends_with_its_node_and_does_not_come_back_with_the_next(home: Path) -> None:
    crown_one(home)
    with live_node():
        enable()
        assert enabling.live_state(Lane.FOREX)[0]
    assert enabling.live_state(Lane.FOREX) == (False, f"off: {NO_NODE}")
    with live_node():
        assert enabling.live_state(Lane.FOREX) == (False, "off: nobody enabled it for the live node that runs")
        enable("bob", "again")
        assert enabling.live_state(Lane.FOREX) == (True, "on since 2025-11-26T16:00:00Z by bob: again")


def test_a_kill_stops_what_was_enabled(home: Path) -> None:
    crown_one(home)
    with live_node():
        enable()
        switching.kill(Lane.FOREX, "spread 14 pips", "bob")
        assert enabling.live_state(Lane.FOREX) == (False, f"off: {KILLED}")
        switching.resume(Lane.FOREX, "bob", "over")
        assert enabling.live_state(Lane.FOREX)[0]


def crash(home: Path, wall: int) -> None:
    """Let the supervisor disarm the forex lane."""
    journal = SupervisorStore(home / "state" / "supervisor.db", pytest.fail)
    journal.disarm(Disarmed(Lane.FOREX, wall, "trend-1", "trend-1 crashed 5 times within 60 s"))
    journal.flush()


def test_a_lane_that_was_disarmed_stays_off_until_it_is_enabled_after_that(home: Path) -> None:
    crown_one(home)
    sentence = "it was disarmed at 2025-11-26T16:00:00Z: trend-1 crashed 5 times within 60 s"
    with live_node():
        enable()
        crash(home, NOW + 2 * DAY)
        assert enabling.live_state(Lane.FOREX) == (False, f"off: {sentence}")
        crash(home, NOW + 2 * DAY - 1)
        assert enabling.live_state(Lane.FOREX)[0]
    enabling.disable(Lane.FOREX, "bob", "news")
    assert enabling.live_state(Lane.FOREX)[1].endswith(f": trend-1 crashed 5 times within 60 s; {NO_NODE}")
    assert enabling.live_state(Lane.OPTIONS)[1].startswith("off: no live node")


def test_what_the_supervisor_says_and_cannot_be_read_leaves_a_lane_off(home: Path) -> None:
    crown_one(home)
    with live_node():
        enable()
        (home / "state" / "supervisor.db").write_bytes(b"not a database, " * 100)
        live, sentence = enabling.live_state(Lane.FOREX)
    assert (live, sentence) == (
        False, f"off: {home / 'state' / 'supervisor.db'} could not be read: file is not a database",
    )  # fmt: skip


def test_disabling_takes_the_switch_away_whatever_is_promoted_and_runs(home: Path) -> None:
    crown_one(home)
    with live_node():
        enable()
        assert enabling.disable(Lane.FOREX, "bob", "news") == "forex is disabled: it trades no real money"
        assert enabling.live_state(Lane.FOREX) == (False, "off: nobody enabled it for the live node that runs")
    assert enabling.disable(Lane.FOREX, "bob", "") == "forex was off before and stays off"
    changes = enabling.live_switch(Lane.FOREX).past().changes
    assert [(change.happened, change.by, change.reason) for change in changes] == [
        (ChangeKind.ENABLED, "ann", "it is time"), (ChangeKind.DISABLED, "bob", "news"),
    ]  # fmt: skip


def test_every_enable_and_disable_is_audited_with_what_came_of_it(home: Path) -> None:
    enabling.disable(Lane.FOREX, "bob", "to be sure", Interface.WEB)
    with pytest.raises(PolicyRefused, match=r"^forex was not disabled: an operator's name is needed$"):
        enabling.disable(Lane.FOREX, " ", "why")
    refused(f"forex stays off: {NO_NODE}; {NO_CANDIDATE}")
    crown_one(home)
    with live_node():
        enable(face=Interface.WEB)
    enabling.disable(Lane.FOREX, "bob", "news")
    found = [command for command in commands() if command[0] in ("enable", "disable")]
    assert found == [
        ("disable", "bob", "to be sure", "done", "forex was off before and stays off"),
        ("disable", " ", "why", "refused", "forex was not disabled: an operator's name is needed"),
        ("enable", "ann", "it is time", "refused", f"forex stays off: {NO_NODE}; {NO_CANDIDATE}"),
        ("enable", "ann", "it is time", "done", "forex is enabled: it trades real money"),
        ("disable", "bob", "news", "done", "forex is disabled: it trades no real money"),
    ]
    faces = [asked.command.command.face.value for asked in audit.recent_commands(100)]
    assert (faces[0], faces[-2:]) == ("web", ["web", "cli"])


def test_a_command_to_enable_is_on_record_before_it_is_looked_at(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def looked() -> bool:
        seen.append(len(audit_log().rows()))
        return False

    monkeypatch.setattr(enabling, "sandboxed", looked)
    with pytest.raises(PolicyRefused):
        enable()
    assert seen == [1]
    assert len(audit_log().rows()) == 2


def locked(home: Path) -> Callable[[], None]:
    other = sqlite3.connect(home / "state" / "audit.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other.close


def damaged(home: Path) -> Callable[[], None]:
    (home / "state" / "audit.db").write_bytes(b"not a database, " * 100)
    return lambda: None


def without_key(home: Path) -> Callable[[], None]:
    (home / "state" / "keys" / "audit.key").unlink()
    return lambda: None


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (locked, r"could not be used: database is locked$"),
        (damaged, r"file is not a database$"),
        (without_key, r"is gone, though audit.db has rows$"),
    ],
)
def test_no_state_of_the_audit_keeps_a_lane_on_and_each_keeps_it_off(
    home: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], Callable[[], None]], why: str
) -> None:
    monkeypatch.setattr(enabling, "_PATIENCE_S", 0.01)
    monkeypatch.setattr(enabling, "_DISABLE_PATIENCE_S", 0.01)
    crown_one(home)
    with live_node():
        enable()
        mend = harm(home)
        with pytest.raises(RunFailed) as told:
            enabling.disable(Lane.FOREX, "bob", "news")
        assert str(told.value).startswith("forex is disabled: it trades no real money, but it was not audited: ")
        assert re.search(why, str(told.value))
        assert enabling.live_switch(Lane.FOREX).read() is None
        with pytest.raises(PolicyRefused, match=rf"^forex was not enabled: it could not be audited: .*{why}"):
            enable()
        assert enabling.live_switch(Lane.FOREX).read() is None
        mend()


def test_a_switch_that_cannot_be_removed_is_told_and_audited(home: Path) -> None:
    (switching.switches() / "forex.live").mkdir(parents=True)
    with pytest.raises(RunFailed, match=r"^forex may still be live: .*forex.live could not be removed: ") as failed:
        enabling.disable(Lane.FOREX, "bob", "news")
    assert commands() == [("disable", "bob", "news", "failed", str(failed.value))]


def test_a_home_that_is_not_there_takes_no_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(home / "typo"))
    for look in (enable, lambda: enabling.disable(Lane.FOREX, "bob", ""), lambda: enabling.live_state(Lane.FOREX)):
        with pytest.raises(RunFailed, match=r"the home .*typo is not a folder; TRADINGBOT_HOME names it$"):
            look()
    assert list(home.iterdir()) == []
