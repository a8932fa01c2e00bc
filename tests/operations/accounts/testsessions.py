# file: tests/operations/accounts/testsessions.py
from __future__ import annotations

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.operations.accounts.samples import NOW, PASSWORD, SECOND, cheap, entered, opened, with_ann
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.messages.accessview import IssuedToken, Kind, Role, TokenView, Visitor
from tradingbot.operations.accounts.account import Accounts
from tradingbot.operations.accounts.credential import (
    DAY,
    IDLE_LIFETIME,
    SESSION_LIFETIME,
    TOUCH_INTERVAL,
    csrf_of,
    new_id,
)
from tradingbot.operations.accounts.database import AccessDatabase
from tradingbot.operations.accounts.sessions import Sessions, Tokens, csrf_ok


@pytest.fixture
def file(tmp_path: Path) -> AccessDatabase:
    return opened(tmp_path)


@pytest.fixture
def accounts(file: AccessDatabase) -> Accounts:
    return with_ann(file)


@pytest.fixture
def sessions(file: AccessDatabase) -> Sessions:
    return Sessions(file)


def seen(file: AccessDatabase) -> int:
    with file.reading() as database:
        return int(database.execute("SELECT seen FROM sessions").fetchone()[0])


def test_a_session_says_whose_it_is(file: AccessDatabase, accounts: Accounts, sessions: Sessions) -> None:
    found = entered(file, accounts)
    assert sessions.who(found.secret, NOW) == found.visitor
    assert found.visitor == Visitor("ann", Role.ADMIN, Kind.SESSION, found.visitor.id, csrf_of(found.secret))
    assert found.seconds == 12 * 3600
    for stranger in ("", found.secret.upper(), found.secret[:-1], found.visitor.id, found.visitor.csrf, "\ud800"):
        assert sessions.who(stranger, NOW) is None


def test_a_session_ends_twelve_hours_after_its_login_however_it_is_used(
    file: AccessDatabase, accounts: Accounts, sessions: Sessions
) -> None:
    secret = entered(file, accounts).secret
    for now in range(NOW, NOW + SESSION_LIFETIME, IDLE_LIFETIME - SECOND):
        assert sessions.who(secret, now) is not None
    assert sessions.who(secret, NOW + SESSION_LIFETIME - 1) is not None
    assert sessions.who(secret, NOW + SESSION_LIFETIME) is None


def test_a_session_that_is_not_used_ends_after_two_hours(
    file: AccessDatabase, accounts: Accounts, sessions: Sessions
) -> None:
    secret = entered(file, accounts).secret
    assert sessions.who(secret, NOW + IDLE_LIFETIME) is None
    assert sessions.who(secret, NOW + IDLE_LIFETIME - 1) is not None
    assert sessions.who(secret, NOW + 2 * IDLE_LIFETIME - 2) is not None
    assert sessions.who(secret, NOW + 3 * IDLE_LIFETIME - 2) is None


@given(st.lists(st.integers(0, IDLE_LIFETIME + IDLE_LIFETIME // 8), min_size=1, max_size=12))
def test_a_session_lives_while_no_pause_is_too_long(
    tmp_path_factory: pytest.TempPathFactory, pauses: list[int]
) -> None:
    """What is written of the last use is up to a minute old: within that, either answer is right."""
    file = opened(tmp_path_factory.mktemp("access"))
    secret, sessions, now, noted = entered(file, with_ann(file)).secret, Sessions(file), NOW, NOW
    for pause in pauses:
        now += pause
        alive = now - noted < IDLE_LIFETIME and now - NOW < SESSION_LIFETIME
        assert (sessions.who(secret, now) is not None) is alive
        if alive and now - noted >= TOUCH_INTERVAL:
            noted = now


def test_a_look_is_a_write_once_a_minute_at_most(file: AccessDatabase, accounts: Accounts, sessions: Sessions) -> None:
    secret = entered(file, accounts).secret
    sessions.who(secret, NOW + TOUCH_INTERVAL - 1)
    assert seen(file) == NOW
    sessions.who(secret, NOW + TOUCH_INTERVAL)
    assert seen(file) == NOW + TOUCH_INTERVAL
    sessions.who(secret, NOW + TOUCH_INTERVAL + 1)
    assert seen(file) == NOW + TOUCH_INTERVAL


def test_a_locked_file_lets_sessions_be_seen_until_they_would_be_idle(
    file: AccessDatabase, accounts: Accounts, sessions: Sessions
) -> None:
    secret = entered(file, accounts).secret
    with closing(sqlite3.connect(file.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert sessions.who(secret, NOW + IDLE_LIFETIME - 1) is not None
        assert sessions.who(secret, NOW + IDLE_LIFETIME) is None
        for use in (lambda: sessions.end(secret), lambda: entered(file, accounts)):
            with pytest.raises(RunFailed, match=r"could not be used: database is locked$"):
                use()


@pytest.mark.parametrize("content", [b"", b"not a database, " * 100])
def test_a_damaged_file_lets_nobody_in(
    file: AccessDatabase, accounts: Accounts, sessions: Sessions, content: bytes
) -> None:
    secret = entered(file, accounts).secret
    file.path.write_bytes(content)
    with pytest.raises(RunFailed):
        sessions.who(secret, NOW)


def test_a_clock_set_back_lets_nobody_in_who_came_later(
    file: AccessDatabase, accounts: Accounts, sessions: Sessions
) -> None:
    secret = entered(file, accounts).secret
    assert sessions.who(secret, NOW - 60 * SECOND) is not None
    assert sessions.who(secret, NOW - 60 * SECOND - 1) is None


def test_a_role_that_changed_holds_at_once(file: AccessDatabase, accounts: Accounts, sessions: Sessions) -> None:
    secret = entered(file, accounts).secret
    with file.changing() as database:
        database.execute("UPDATE accounts SET role = 'viewer'")
    found = sessions.who(secret, NOW)
    assert found is not None
    assert found.role is Role.VIEWER


def test_who_logs_out_is_out_and_nobody_else_is(file: AccessDatabase, accounts: Accounts, sessions: Sessions) -> None:
    one, other = entered(file, accounts), entered(file, accounts)
    sessions.end(one.secret)
    sessions.end(one.secret)
    sessions.end("never was")
    assert sessions.who(one.secret, NOW) is None
    assert sessions.who(other.secret, NOW) is not None


def test_a_session_is_revoked_by_its_id(file: AccessDatabase, accounts: Accounts, sessions: Sessions) -> None:
    one, other = entered(file, accounts), entered(file, accounts)
    sessions.revoke(one.visitor.id)
    assert sessions.who(one.secret, NOW) is None
    assert sessions.who(other.secret, NOW) is not None
    for name in (one.visitor.id, "\ud800"):
        with pytest.raises(BadInput) as refused:
            sessions.revoke(name)
        assert str(refused.value) == f"there is no session {name!r}: it has ended, or never was"


def test_sessions_are_listed_newest_first_without_those_that_ended(
    file: AccessDatabase, accounts: Accounts, sessions: Sessions
) -> None:
    accounts.add("bob", Role.VIEWER, PASSWORD, NOW)
    entered(file, accounts, NOW)
    one = entered(file, accounts, NOW + 2 * TOUCH_INTERVAL)
    two = entered(file, accounts, NOW + 3 * TOUCH_INTERVAL, name="bob")
    sessions.who(one.secret, NOW + IDLE_LIFETIME)
    found = sessions.views(NOW + IDLE_LIFETIME)
    assert [(view.name, view.role, view.agent) for view in found] == [
        ("bob", Role.VIEWER, "Firefox"),
        ("ann", Role.ADMIN, "Firefox"),
    ]
    assert [view.id for view in found] == [two.visitor.id, one.visitor.id]
    assert [view.ends for view in found] == [NOW + 3 * TOUCH_INTERVAL + IDLE_LIFETIME, NOW + 2 * IDLE_LIFETIME]
    assert [view.seen for view in found] == [NOW + 3 * TOUCH_INTERVAL, NOW + IDLE_LIFETIME]


def test_what_a_browser_calls_itself_is_cut_and_made_plain(
    file: AccessDatabase, accounts: Accounts, sessions: Sessions
) -> None:
    proven = accounts.prove("ann", PASSWORD)
    assert proven is not None
    sessions.begin(proven, "Evil\x1b[31m\n\ud800" + "x" * 1000, NOW)
    (view,) = sessions.views(NOW)
    assert view.agent == "Evil [31m  " + "x" * 189


def test_a_login_sweeps_away_what_ended(file: AccessDatabase, accounts: Accounts) -> None:
    entered(file, accounts, NOW)
    entered(file, accounts, NOW + IDLE_LIFETIME)
    with file.reading() as database:
        assert database.execute("SELECT created FROM sessions").fetchall() == [(NOW + IDLE_LIFETIME,)]


def test_a_password_that_changed_since_it_was_proven_begins_nothing(
    file: AccessDatabase, accounts: Accounts, sessions: Sessions
) -> None:
    accounts.add("bob", Role.ADMIN, PASSWORD, NOW)
    ann, bob = accounts.prove("ann", PASSWORD), accounts.prove("bob", PASSWORD)
    assert ann is not None
    assert bob is not None
    accounts.set_password("ann", "another password")
    accounts.remove("bob")
    assert sessions.begin(ann, "", NOW) is None
    assert sessions.begin(bob, "", NOW) is None
    assert sessions.views(NOW) == []


def test_a_login_hashes_anew_what_was_hashed_in_an_older_way(file: AccessDatabase, accounts: Accounts) -> None:
    stronger = Accounts(file, cheap(time_cost=2))
    entered(file, stronger)
    entered(file, stronger)
    with file.reading() as database:
        assert "t=2" in database.execute("SELECT password FROM accounts").fetchone()[0]


def test_a_change_needs_what_the_pages_of_its_own_session_bring_along(file: AccessDatabase, accounts: Accounts) -> None:
    ann, other = entered(file, accounts).visitor, entered(file, accounts).visitor
    assert csrf_ok(ann, ann.csrf)
    assert not any(csrf_ok(ann, given) for given in ("", other.csrf, ann.csrf[:-1], ann.csrf.upper(), "\ud800", ann.id))
    assert not csrf_ok(Visitor("ann", Role.ADMIN, Kind.SESSION, "1"), "")
    assert csrf_ok(Visitor("token x (1)", Role.ADMIN, Kind.TOKEN, "1"), "")


def test_no_secret_of_a_session_is_on_the_disk(file: AccessDatabase, accounts: Accounts) -> None:
    found = entered(file, accounts)
    content = file.path.read_bytes()
    for secret in (found.secret, found.visitor.csrf):
        assert secret.encode() not in content
        assert bytes.fromhex(secret) not in content
    assert PASSWORD.encode() not in content


def test_many_threads_look_and_log_in_at_once(file: AccessDatabase) -> None:
    patient = AccessDatabase(file.path, patience=30)
    accounts, sessions = with_ann(patient), Sessions(patient)

    def visit(number: int) -> bool:
        found = entered(patient, accounts, NOW + number)
        return sessions.who(found.secret, NOW + TOUCH_INTERVAL + number) == found.visitor

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(visit, range(40)))
    assert len(sessions.views(NOW + TOUCH_INTERVAL)) == 40


@pytest.fixture
def tokens(file: AccessDatabase) -> Tokens:
    return Tokens(file)


def issued(tokens: Tokens, role: Role = Role.OPERATOR, days: int = 90, now: int = NOW) -> IssuedToken:
    return tokens.add(new_id(), role, "nightly", days, "ann", now)


def test_a_token_says_whose_it_is(tokens: Tokens) -> None:
    made = issued(tokens)
    assert re.fullmatch(f"tb_{made.view.id}_[0-9a-f]{{64}}", made.secret)
    assert tokens.bearer(made.secret, NOW) == Visitor(
        f"token nightly ({made.view.id})", Role.OPERATOR, Kind.TOKEN, made.view.id
    )


def test_what_is_no_token_opens_nothing(tokens: Tokens) -> None:
    made, other = issued(tokens), issued(tokens)
    mixed = f"tb_{made.view.id}_{other.secret[-64:]}"
    strangers = [
        "",
        made.view.id,
        made.secret[:-1],
        made.secret + "\n",
        "Bearer " + made.secret,
        mixed,
        "tb__",
        "\ud800",
    ]
    assert [tokens.bearer(stranger, NOW) for stranger in strangers] == [None] * len(strangers)


@given(st.integers(1, 366), st.integers(-(2**40), 2**62))
def test_a_token_is_good_for_its_days(tmp_path_factory: pytest.TempPathFactory, days: int, later: int) -> None:
    tokens = Tokens(opened(tmp_path_factory.mktemp("access")))
    found = tokens.bearer(issued(tokens, days=days).secret, NOW + later)
    assert (found is not None) is (-60 * SECOND <= later < days * DAY)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_days_that_are_not_allowed_make_no_token(tokens: Tokens, days: int) -> None:
    with pytest.raises(BadInput) as refused:
        issued(tokens, days=days)
    assert str(refused.value) == f"the days of a token were {days}, allowed are 1 to 366"
    assert tokens.views() == []


def test_a_name_that_is_not_allowed_makes_no_token(tokens: Tokens) -> None:
    with pytest.raises(BadInput, match=r"^the name of a token was 'a b', allowed are "):
        tokens.add(new_id(), Role.VIEWER, "a b", 90, "ann", NOW)


def test_a_revoked_token_opens_nothing_and_the_others_do(tokens: Tokens) -> None:
    one, other = issued(tokens), issued(tokens)
    tokens.revoke(one.view.id)
    assert tokens.bearer(one.secret, NOW) is None
    assert tokens.bearer(other.secret, NOW) is not None
    for token in (one.view.id, "\ud800"):
        with pytest.raises(BadInput) as refused:
            tokens.revoke(token)
        assert str(refused.value) == f"there is no token {token!r}, known: {other.view.id}"


def test_tokens_are_listed_newest_first_with_their_last_use(tokens: Tokens) -> None:
    old, new = issued(tokens, Role.VIEWER, 1), issued(tokens, Role.ADMIN, 2, NOW + 1)
    for later in (1, TOUCH_INTERVAL):
        tokens.bearer(old.secret, NOW + later)
    assert tokens.views() == [
        TokenView(new.view.id, "nightly", Role.ADMIN, "ann", NOW + 1, 0, NOW + 1 + 2 * DAY),
        TokenView(old.view.id, "nightly", Role.VIEWER, "ann", NOW, NOW + 1, NOW + DAY),
    ]
    tokens.bearer(old.secret, NOW + 1 + TOUCH_INTERVAL)
    assert tokens.views()[1].used == NOW + 1 + TOUCH_INTERVAL


def test_only_the_digest_of_a_token_is_on_the_disk(file: AccessDatabase, tokens: Tokens) -> None:
    secret = issued(tokens).secret
    content = file.path.read_bytes()
    assert secret[-64:].encode() not in content
    assert bytes.fromhex(secret[-64:]) not in content


def test_a_damaged_file_lets_no_script_in(file: AccessDatabase, tokens: Tokens) -> None:
    secret = issued(tokens).secret
    file.path.write_bytes(b"not a database, " * 100)
    with pytest.raises(RunFailed):
        tokens.bearer(secret, NOW)
