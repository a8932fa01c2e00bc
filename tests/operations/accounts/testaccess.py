# file: tests/operations/accounts/testaccess.py
from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.operations.accounts.samples import PASSWORD, cheap
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Denied, Entered, Kind, Role
from tradingbot.operations import killswitch as switching
from tradingbot.operations.accounts import access
from tradingbot.operations.accounts.credential import Passwords
from tradingbot.operations.accounts.loginlimit import MAX_CONCURRENT, PER_NAME
from tradingbot.operations.audit import query as audit
from tradingbot.operations.audit.entry import Interface

HERE = "127.0.0.1"
WRONG = Denied("the name or the password is wrong")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.setattr(access, "_passwords", cheap)
    return tmp_path


@pytest.fixture
def ann() -> str:
    """The name of the first admin, who exists."""
    access.setup(access.setup_secret(), "ann", PASSWORD)
    return "ann"


def entered(name: str = "ann") -> Entered:
    found = access.login(name, PASSWORD, HERE, "Firefox")
    assert isinstance(found, Entered)
    return found


def commands() -> list[tuple[str, str, str, str, str]]:
    """Return operator, verb, target, outcome and sentence of every command."""
    return [
        (
            asked.command.command.operator,
            asked.command.command.verb,
            asked.command.command.target,
            "" if asked.answer is None or asked.answer.outcome is None else asked.answer.outcome.value,
            "" if asked.answer is None else asked.answer.sentence,
        )
        for asked in audit.recent_commands(100)
    ]


def test_an_installation_begins_with_a_link_and_then_has_an_admin(home: Path) -> None:
    assert access.needs_setup()
    assert list(home.iterdir()) == []
    earlier, secret = access.setup_secret(), access.setup_secret()
    assert [access.setup_open(given) for given in ("", earlier, secret)] == [False, False, True]
    access.setup(secret, "ann", PASSWORD)
    assert not access.needs_setup()
    assert not access.setup_open(secret)
    with pytest.raises(PolicyRefused, match="there is an account"):
        access.setup_secret()
    visitor = access.who(entered().secret)
    assert visitor is not None
    assert (visitor.name, visitor.role, visitor.kind) == ("ann", Role.ADMIN, Kind.SESSION)


def test_the_password_is_hashed_as_pwdlib_recommends(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("TRADINGBOT_HOME", str(home))
    assert isinstance(access._passwords(), Passwords)
    access.setup(access.setup_secret(), "ann", PASSWORD)
    assert b"$argon2id$v=19$m=65536,t=3,p=4$" in (home / "state" / "access.db").read_bytes()
    assert access.login("ann", "wrong password", HERE) == access.login("bob", PASSWORD, HERE) == WRONG
    assert isinstance(access.login("ann", PASSWORD, HERE), Entered)


def test_whoever_has_no_link_leaves_no_trace_in_the_audit_log(home: Path) -> None:
    with pytest.raises(PolicyRefused, match="the setup link is not the last one"):
        access.setup("made up", "eve", PASSWORD)
    assert list(home.iterdir()) == []
    secret = access.setup_secret()
    with pytest.raises(BadInput, match="the password had 3 characters"):
        access.setup(secret, "ann", "abc")
    access.setup(secret, "ann", PASSWORD)
    assert commands() == [
        ("ann", "setup", "ann", "refused", "the password had 3 characters, allowed are 12 to 1024"),
        ("ann", "setup", "ann", "done", "ann is the first admin"),
    ]
    assert {asked.command.command.face for asked in audit.recent_commands(9)} == {Interface.WEB}


def test_a_name_that_is_not_known_and_a_wrong_password_are_answered_alike(ann: str) -> None:
    answers = [access.login(name, "wrong password", HERE) for name in (ann, "bob", "", "\ud800")]
    assert answers == [WRONG] * 4


def test_too_many_failures_are_told_how_long_to_wait_and_the_right_password_waits_too(ann: str) -> None:
    for _ in range(PER_NAME):
        assert access.login(ann, "wrong password", HERE) == WRONG
    for password in ("wrong password", PASSWORD):
        denied = access.login(ann, password, HERE)
        assert isinstance(denied, Denied)
        assert 0 < denied.wait_s <= 60
        assert denied.sentence == f"too many logins failed; the next one is looked at in {denied.wait_s} s"
    assert isinstance(access.login(ann, PASSWORD, "127.0.0.2"), Entered)


def test_no_number_of_failed_logins_delays_a_kill(ann: str) -> None:
    for _ in range(PER_NAME + 1):
        access.login(ann, "wrong password", HERE)
    switching.kill(Lane.FOREX, "why", ann, Interface.WEB)
    assert [lane.killed for lane in switching.status()].count(True) == 1


def test_logins_at_once_beyond_a_few_are_told_to_wait(ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arrived, go = threading.Semaphore(0), threading.Event()

    class Slow(Passwords):
        def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
            arrived.release()
            assert go.wait(30)
            return cheap().verify(password, stored)

    monkeypatch.setattr(access, "_passwords", Slow)
    with ThreadPoolExecutor(MAX_CONCURRENT) as pool:
        under_way = [pool.submit(access.login, ann, PASSWORD, f"10.0.0.{number}") for number in range(MAX_CONCURRENT)]
        assert all(arrived.acquire(timeout=30) for _ in under_way)
        denied = access.login(ann, PASSWORD, HERE)
        go.set()
        assert isinstance(denied, Denied)
        assert denied.wait_s == 1
        assert all(isinstance(each.result(), Entered) for each in under_way)


def test_a_login_that_breaks_is_no_failed_one(ann: str, home: Path) -> None:
    path = home / "state" / "access.db"
    whole = path.read_bytes()
    path.write_bytes(b"")
    for _ in range(2 * PER_NAME):
        with pytest.raises(RunFailed, match="is no access file"):
            access.login(ann, PASSWORD, HERE)
    path.write_bytes(whole)
    assert isinstance(access.login(ann, PASSWORD, HERE), Entered)


@pytest.mark.usefixtures("ann")
def test_logging_out_ends_one_session() -> None:
    one, other = entered(), entered()
    access.logout(one.secret)
    assert access.who(one.secret) is None
    assert access.who(other.secret) == other.visitor
    assert access.csrf_ok(other.visitor, other.visitor.csrf)
    assert not access.csrf_ok(other.visitor, one.visitor.csrf)


def test_sessions_are_listed_and_revoked(ann: str) -> None:
    one, two, three = entered(), entered(), entered()
    assert {view.id for view in access.sessions()} == {each.visitor.id for each in (one, two, three)}
    assert access.revoke(one.visitor.id, ann) == f"session {one.visitor.id} is ended"
    assert [access.who(each.secret) is None for each in (one, two, three)] == [True, False, False]
    assert access.revoke_all(ann, "bob") == "every session of ann is ended"
    assert access.sessions() == ()
    with pytest.raises(BadInput, match="there is no session 'x'"):
        access.revoke("x", ann)
    assert commands()[1:] == [
        (ann, "session revoke", one.visitor.id, "done", f"session {one.visitor.id} is ended"),
        ("bob", "session revoke", "ann", "done", "every session of ann is ended"),
        (ann, "session revoke", "x", "refused", "there is no session 'x': it has ended, or never was"),
    ]


def test_accounts_are_made_changed_and_removed_on_record(ann: str) -> None:
    assert access.add_account("bob", Role.VIEWER, PASSWORD, ann) == "bob has an account as viewer"
    session = entered("bob")
    assert access.set_password("bob", "another password", ann) == (
        "the password of bob is changed and every session of it ended"
    )
    assert access.who(session.secret) is None
    assert [(view.name, view.role) for view in access.accounts()] == [("ann", Role.ADMIN), ("bob", Role.VIEWER)]
    assert access.remove_account("bob", ann) == "bob has no account any more"
    with pytest.raises(PolicyRefused):
        access.remove_account("ann", ann)
    assert [command[:4] for command in commands()[1:]] == [
        (ann, "account add", "bob", "done"),
        (ann, "account password", "bob", "done"),
        (ann, "account remove", "bob", "done"),
        (ann, "account remove", "ann", "refused"),
    ]


def test_tokens_are_made_used_and_revoked_on_record() -> None:
    issued = access.add_token(Role.OPERATOR, "nightly", 90, "ann")
    token = issued.view.id
    visitor = access.bearer(issued.secret)
    assert visitor is not None
    assert (visitor.name, visitor.role, visitor.kind) == (f"token nightly ({token})", Role.OPERATOR, Kind.TOKEN)
    assert access.csrf_ok(visitor, "")
    assert [view.id for view in access.tokens()] == [token]
    assert access.revoke_token(token, "ann") == f"token {token} is revoked"
    assert access.bearer(issued.secret) is None
    assert commands() == [
        ("ann", "token add", "nightly", "done", f"token nightly ({token}) is made as operator for 90 days"),
        ("ann", "token revoke", token, "done", f"token {token} is revoked"),
    ]


def test_nothing_is_changed_without_somebody_to_answer_for_it(ann: str) -> None:
    for act in (
        lambda: access.add_account("bob", Role.VIEWER, PASSWORD, " "),
        lambda: access.add_token(Role.ADMIN, "x", 1, ""),
        lambda: access.revoke_all(ann, ""),
    ):
        with pytest.raises(PolicyRefused, match=r"an operator's name is needed$"):
            act()
    assert (len(access.accounts()), access.tokens()) == (1, ())


def test_nothing_is_changed_without_an_audit_log(ann: str, home: Path) -> None:
    (home / "state" / "audit.db").write_bytes(b"not a database, " * 100)
    with pytest.raises(PolicyRefused, match=r"^bob was given no account: it could not be audited: "):
        access.add_account("bob", Role.VIEWER, PASSWORD, ann)
    with pytest.raises(PolicyRefused, match=r"^token x was not made: it could not be audited: "):
        access.add_token(Role.ADMIN, "x", 1, ann)
    assert (len(access.accounts()), access.tokens()) == (1, ())


def test_a_damaged_file_is_neither_a_first_start_nor_lets_anybody_in(ann: str, home: Path) -> None:
    session, token = entered(), access.add_token(Role.ADMIN, "x", 1, ann)
    (home / "state" / "access.db").write_bytes(b"")
    for use in (
        access.needs_setup, access.setup_secret, access.sessions, access.accounts, access.tokens,
        lambda: access.setup_open("x"), lambda: access.who(session.secret), lambda: access.bearer(token.secret),
    ):  # fmt: skip
        with pytest.raises(RunFailed) as failed:
            use()
        assert "\n" not in str(failed.value)


def test_a_home_that_is_not_there_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(home / "typo"))
    with pytest.raises(RunFailed, match=r"typo is not a folder; TRADINGBOT_HOME names it$"):
        access.who("x")


def test_no_secret_is_in_any_file_answer_or_error(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    said: list[object] = []

    def told(act: object, *words: object) -> None:
        assert callable(act)
        try:
            said.append(act(*words))
        except (BadInput, PolicyRefused, RunFailed) as error:
            said.append([str(error), *getattr(error, "__notes__", ())])

    first = access.setup_secret()
    told(access.setup, first, "ann", "hidden")
    told(access.setup, first, "ann", "hidden password")
    told(access.login, "ann", "hidden guess of it", HERE)
    session = access.login("ann", "hidden password", HERE)
    assert isinstance(session, Entered)
    token = access.add_token(Role.ADMIN, "x", 1, "ann")
    told(access.add_account, "bob", Role.VIEWER, "hidden 2", "ann")
    told(access.set_password, "ann", "hidden password 2", "ann")
    told(access.set_password, "bob", "hidden password 2", "ann")
    said += [session, token, access.who(session.secret), access.bearer(token.secret), access.sessions()]
    (home / "state" / "access.db").chmod(0o644)
    told(access.who, session.secret)
    told(access.bearer, token.secret)
    told(access.logout, session.secret)
    told(access.login, "ann", "hidden password 2", HERE)
    shown = repr(said) + caplog.text + json.dumps([entry.to_dict() for entry in audit.recent_commands(99)])
    files = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for secret in (first, session.secret, session.visitor.csrf, token.secret[-64:], "hidden"):
        assert secret not in shown
        assert secret.encode() not in files
