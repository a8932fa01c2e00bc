# file: tests/core/access/testaccounts.py
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.access.samples import NOW, PASSWORD, SECOND, cheap, entered, opened, with_ann
from tradingbot.core.access.accounts import Accounts
from tradingbot.core.access.file import AccessFile
from tradingbot.core.access.lifetime import IDLE
from tradingbot.core.access.sessions import Sessions
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed
from tradingbot.core.messages.accessview import AccountView, Role


@pytest.fixture
def file(tmp_path: Path) -> AccessFile:
    return opened(tmp_path)


@pytest.fixture
def accounts(file: AccessFile) -> Accounts:
    return with_ann(file)


def roles(accounts: Accounts) -> dict[str, Role]:
    return {view.name: view.role for view in accounts.views(NOW)}


def test_nobody_has_an_account_until_one_is_made(file: AccessFile) -> None:
    nobody = Accounts(file, cheap())
    assert not nobody.any()
    assert nobody.views(NOW) == []
    assert nobody.prove("ann", PASSWORD) is None
    assert with_ann(file).any()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_the_first_account_is_an_admin(file: AccessFile, role: Role) -> None:
    with pytest.raises(PolicyRefused) as refused:
        Accounts(file, cheap()).add("bob", role, PASSWORD, NOW)
    assert str(refused.value) == f"the first account was to be {role}, allowed is admin"
    assert not Accounts(file, cheap()).any()


def test_accounts_are_listed_by_name_with_their_living_sessions(file: AccessFile, accounts: Accounts) -> None:
    accounts.add("Zoe", Role.VIEWER, PASSWORD, NOW + 1)
    accounts.add("bob", Role.OPERATOR, PASSWORD, NOW + 2)
    entered(file, accounts, NOW)
    entered(file, accounts, NOW + IDLE - SECOND)
    assert accounts.views(NOW + IDLE) == [
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
    file: AccessFile, accounts: Accounts
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


def test_who_is_removed_is_out_at_once(file: AccessFile, accounts: Accounts) -> None:
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


def test_every_session_of_an_account_is_ended(file: AccessFile, accounts: Accounts) -> None:
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


def test_a_stored_role_that_is_none_lets_nobody_in(file: AccessFile, accounts: Accounts) -> None:
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
