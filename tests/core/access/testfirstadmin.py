# file: tests/core/access/testfirstadmin.py
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.core.access.samples import NOW, PASSWORD, SECOND, cheap, opened, with_ann
from tradingbot.core.access.accounts import Accounts
from tradingbot.core.access.file import AccessFile
from tradingbot.core.access.firstadmin import FirstAdmin
from tradingbot.core.access.lifetime import SETUP
from tradingbot.core.access.passwords import Passwords
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.messages.accessview import Role

STALE = "the setup link is not the last one, was used or is older than a day; start the dashboard anew for a new one"


@pytest.fixture
def file(tmp_path: Path) -> AccessFile:
    return opened(tmp_path)


@pytest.fixture
def first(file: AccessFile) -> FirstAdmin:
    return FirstAdmin(file, cheap())


def refuses(first: FirstAdmin, secret: str, now: int = NOW) -> bool:
    assert not first.opens(secret, now)
    with pytest.raises(PolicyRefused) as checked:
        first.check(secret, now)
    with pytest.raises(PolicyRefused) as made:
        first.make(secret, "eve", PASSWORD, now)
    assert str(checked.value) == str(made.value) == STALE
    return True


def test_the_link_makes_the_first_admin_and_is_burnt(file: AccessFile, first: FirstAdmin) -> None:
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
    assert first.opens(secret, NOW + SETUP - 1)
    assert refuses(first, secret, NOW + SETUP)
    assert refuses(first, secret, NOW - 61 * SECOND)


def test_with_an_account_there_is_no_setup(file: AccessFile, first: FirstAdmin) -> None:
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


def test_only_the_digest_of_the_secret_is_on_the_disk(file: AccessFile, first: FirstAdmin) -> None:
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


def test_of_two_who_use_the_link_at_once_one_is_made_admin(file: AccessFile) -> None:
    patient = AccessFile(file.path, patience=30)
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
