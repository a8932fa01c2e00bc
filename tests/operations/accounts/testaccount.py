# file: tests/operations/accounts/testaccount.py
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.operations.accounts.samples import NOW, PASSWORD, SECOND, cheap, entered, opened, with_ann
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed
from tradingbot.core.messages.accessview import AccountView, Role
from tradingbot.operations.accounts.account import Accounts, FirstAdmin
from tradingbot.operations.accounts.credential import IDLE_LIFETIME, SETUP_LIFETIME, Passwords
from tradingbot.operations.accounts.database import AccessDatabase
from tradingbot.operations.accounts.sessions import Sessions


@pytest.fixture
def file(tmp_path: Path) -> AccessDatabase:
    return opened(tmp_path)


@pytest.fixture
def accounts(file: AccessDatabase) -> Accounts:
    return with_ann(file)


def roles(accounts: Accounts) -> dict[str, Role]:
    return {view.name: view.role for view in accounts.views(NOW)}


def test_nobody_has_an_account_until_one_is_made(file: AccessDatabase) -> None:
    nobody = Accounts(file, cheap())
    assert not nobody.any()
    assert nobody.views(NOW) == []
    assert nobody.prove("ann", PASSWORD) is None
    assert with_ann(file).any()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_the_first_account_is_an_admin(file: AccessDatabase, role: Role) -> None:
    with pytest.raises(PolicyRefused) as refused:
        Accounts(file, cheap()).add("bob", role, PASSWORD, NOW)
    assert str(refused.value) == f"the first account was to be {role}, allowed is admin"
    assert not Accounts(file, cheap()).any()


def test_accounts_are_listed_by_name_with_their_living_sessions(file: AccessDatabase, accounts: Accounts) -> None:
    accounts.add("Zoe", Role.VIEWER, PASSWORD, NOW + 1)
    accounts.add("bob", Role.OPERATOR, PASSWORD, NOW + 2)
    entered(file, accounts, NOW)
    entered(file, accounts, NOW + IDLE_LIFETIME - SECOND)
    assert accounts.views(NOW + IDLE_LIFETIME) == [
        AccountView("ann", Role.ADMIN, NOW, 1),
        AccountView("bob", Role.OPERATOR, NOW + 2, 0),
        AccountView("Zoe", Role.VIEWER, NOW + 1, 0),
    ]


@pytest.mark.parametrize("name", ["ann", "Ann", "ANN"])
def test_a_name_is_taken_once_however_it_is_written(accounts: Accounts, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        accounts.add(name, Role.VIEWER, PASSWORD, NOW)
    assert str(refused.value) == f"there is an account {name}, allowed is a name that is not taken"
    proven = accounts.prove(name, PASSWORD)
    assert proven is not None
    assert (proven.name, proven.role) == ("ann", Role.ADMIN)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann", "wrong password"),
        ("ann", ""),
        ("bob", PASSWORD),
        ("", PASSWORD),
        ("\ud800", PASSWORD),
        ("ann", "\ud800"),
    ],
)
def test_only_name_and_password_together_prove_anything(accounts: Accounts, name: str, password: str) -> None:
    assert accounts.prove(name, password) is None


def test_a_new_password_replaces_the_old_and_ends_the_sessions_of_its_account_alone(
    file: AccessDatabase, accounts: Accounts
) -> None:
    accounts.add("bob", Role.VIEWER, PASSWORD, NOW)
    ann, bob = entered(file, accounts), entered(file, accounts, name="bob")
    accounts.set_password("ANN", "another password")
    assert accounts.prove("ann", PASSWORD) is None
    assert accounts.prove("ann", "another password") is not None
    assert Sessions(file).who(ann.secret, NOW) is None
    assert Sessions(file).who(bob.secret, NOW) is not None


def test_a_new_password_has_to_be_allowed_too(accounts: Accounts) -> None:
    with pytest.raises(BadInput, match="the password had 5 characters"):
        accounts.set_password("ann", "short")
    assert accounts.prove("ann", PASSWORD) is not None


def test_who_is_removed_is_out_at_once(file: AccessDatabase, accounts: Accounts) -> None:
    accounts.add("bob", Role.ADMIN, PASSWORD, NOW)
    secret = entered(file, accounts, name="bob").secret
    accounts.remove("bob")
    assert Sessions(file).who(secret, NOW) is None
    assert roles(accounts) == {"ann": Role.ADMIN}
    accounts.add("bob", Role.ADMIN, PASSWORD, NOW)
    assert Sessions(file).who(secret, NOW) is None


def test_the_last_admin_stays(accounts: Accounts) -> None:
    accounts.add("bob", Role.OPERATOR, PASSWORD, NOW)
    with pytest.raises(PolicyRefused) as refused:
        accounts.remove("Ann")
    assert str(refused.value) == "ann is the last admin and stays: make another one first"
    accounts.remove("bob")
    assert roles(accounts) == {"ann": Role.ADMIN}


def test_every_session_of_an_account_is_ended(file: AccessDatabase, accounts: Accounts) -> None:
    secrets = [entered(file, accounts).secret for _ in range(3)]
    assert accounts.end_sessions("ann") == 3
    assert [Sessions(file).who(secret, NOW) for secret in secrets] == [None, None, None]
    assert accounts.end_sessions("ann") == 0


def test_an_account_that_is_not_there_is_said_with_those_that_are(accounts: Accounts) -> None:
    for use in (accounts.remove, accounts.end_sessions, lambda name: accounts.set_password(name, PASSWORD)):
        with pytest.raises(BadInput) as refused:
            use("bo\nb")
        assert str(refused.value) == r"there is no account 'bo\nb', known: ann"


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcd"), st.sampled_from(Role)), max_size=12))
def test_once_there_is_somebody_there_is_always_an_admin(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, str, Role]]
) -> None:
    accounts = Accounts(opened(tmp_path_factory.mktemp("access")), cheap())
    for add, name, role in steps:
        before = roles(accounts)
        try:
            accounts.add(name, role, PASSWORD, NOW) if add else accounts.remove(name)
        except (BadInput, PolicyRefused):
            assert roles(accounts) == before
        assert not roles(accounts) or Role.ADMIN in roles(accounts).values()


def test_a_stored_role_that_is_none_lets_nobody_in(file: AccessDatabase, accounts: Accounts) -> None:
    secret = entered(file, accounts).secret
    with file.changing() as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute("UPDATE accounts SET role = 'owner'")
    for use in (lambda: accounts.prove("ann", PASSWORD), lambda: Sessions(file).who(secret, NOW)):
        with pytest.raises(RunFailed, match="is damaged: 'owner' is not a valid Role"):
            use()


def test_what_proves_somebody_shows_no_hash(accounts: Accounts) -> None:
    proven = accounts.prove("ann", PASSWORD)
    assert proven is not None
    assert "argon2" in proven.stored
    assert "argon2" not in repr(proven)


STALE = "the setup link is not the last one, was used or is older than a day; start the dashboard anew for a new one"


@pytest.fixture
def first(file: AccessDatabase) -> FirstAdmin:
    return FirstAdmin(file, cheap())


def refuses(first: FirstAdmin, secret: str, now: int = NOW) -> bool:
    assert not first.opens(secret, now)
    with pytest.raises(PolicyRefused) as checked:
        first.check(secret, now)
    with pytest.raises(PolicyRefused) as made:
        first.make(secret, "eve", PASSWORD, now)
    assert str(checked.value) == str(made.value) == STALE
    return True


def test_the_link_makes_the_first_admin_and_is_burnt(file: AccessDatabase, first: FirstAdmin) -> None:
    secret = first.new_link_token(NOW)
    assert first.opens(secret, NOW)
    first.make(secret, "ann", PASSWORD, NOW)
    proven = Accounts(file, cheap()).prove("ann", PASSWORD)
    assert proven is not None
    assert proven.role is Role.ADMIN
    assert refuses(first, secret)
    with file.reading() as database:
        assert database.execute("SELECT * FROM setup").fetchall() == []


def test_without_a_link_nobody_is_made_anything(first: FirstAdmin) -> None:
    assert refuses(first, "")
    assert refuses(first, "\ud800")


def test_a_later_link_replaces_an_earlier_one(first: FirstAdmin) -> None:
    earlier, later = first.new_link_token(NOW), first.new_link_token(NOW)
    assert refuses(first, earlier)
    assert first.opens(later, NOW)


def test_a_link_is_good_for_a_day(first: FirstAdmin) -> None:
    secret = first.new_link_token(NOW)
    assert first.opens(secret, NOW + SETUP_LIFETIME - 1)
    assert refuses(first, secret, NOW + SETUP_LIFETIME)
    assert refuses(first, secret, NOW - 61 * SECOND)


def test_with_an_account_there_is_no_setup(file: AccessDatabase, first: FirstAdmin) -> None:
    secret = first.new_link_token(NOW)
    with_ann(file)
    assert refuses(first, secret)
    with pytest.raises(PolicyRefused, match=r"^there is an account; an admin makes further ones$"):
        first.new_link_token(NOW)


def test_a_name_or_password_that_is_not_allowed_leaves_the_link_good(first: FirstAdmin) -> None:
    secret = first.new_link_token(NOW)
    with pytest.raises(BadInput, match="the password had 5 characters, allowed are 12 to 1024"):
        first.make(secret, "ann", "short", NOW)
    with pytest.raises(BadInput, match="the name of an account was 'a b'"):
        first.make(secret, "a b", PASSWORD, NOW)
    first.make(secret, "ann", PASSWORD, NOW)


def test_only_the_digest_of_the_secret_is_on_the_disk(file: AccessDatabase, first: FirstAdmin) -> None:
    secret = first.new_link_token(NOW)
    assert len(secret) == 64
    assert secret.encode() not in file.path.read_bytes()
    assert bytes.fromhex(secret) not in file.path.read_bytes()


class Meeting(Passwords):
    """Passwords that are hashed once all who use the link have got so far."""

    def __init__(self, people: int) -> None:
        self._there = threading.Barrier(people)

    def hashed(self, name: str, password: str) -> str:
        self._there.wait(timeout=30)
        return cheap().hashed(name, password)


def test_of_two_who_use_the_link_at_once_one_is_made_admin(file: AccessDatabase) -> None:
    patient = AccessDatabase(file.path, patience=30)
    secret = FirstAdmin(patient, cheap()).new_link_token(NOW)
    first = FirstAdmin(patient, Meeting(2))

    def made(name: str) -> bool:
        try:
            first.make(secret, name, PASSWORD, NOW)
        except PolicyRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(made, ["ann", "eve"])) == [False, True]
    assert len(Accounts(file, cheap()).views(NOW)) == 1
