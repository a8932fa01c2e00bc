# file: tests/operations/accounts/testloginlimit.py
from __future__ import annotations

import pytest

from tradingbot.operations.accounts.loginlimit import MAX_CONCURRENT, PER_ADDRESS, PER_NAME, LoginLimit


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("time.time", found)
    return found


@pytest.fixture
def attempts(clock: Clock) -> LoginLimit:
    return LoginLimit()


def tried(attempts: LoginLimit, name: str = "ann", address: str = "10.0.0.1", failed: bool = True) -> int:
    if not (wait := attempts.enter(name, address)):
        attempts.leave(name, address, failed)
    return wait


def test_after_five_failures_with_a_name_an_address_waits_until_the_first_is_a_minute_old(
    attempts: LoginLimit, clock: Clock
) -> None:
    for _ in range(PER_NAME):
        assert tried(attempts) == 0
        clock.now += 2
    assert tried(attempts) == 50
    assert tried(attempts, "ANN") == 50
    assert tried(attempts, "bob") == 0
    assert tried(attempts, address="10.0.0.2") == 0
    clock.now += 49.5
    assert tried(attempts) == 1
    clock.now += 0.6
    assert tried(attempts) == 0
    assert tried(attempts) == 2


def test_an_address_has_thirty_failures_a_minute_whatever_the_names(attempts: LoginLimit, clock: Clock) -> None:
    assert [tried(attempts, str(number)) for number in range(PER_ADDRESS + 1)] == [0] * PER_ADDRESS + [60]
    assert tried(attempts, "ann", "10.0.0.2") == 0
    clock.now += 61
    assert tried(attempts, "31") == 0


def test_logins_that_succeed_are_not_counted(attempts: LoginLimit) -> None:
    assert {tried(attempts, failed=False) for _ in range(3 * PER_ADDRESS)} == {0}


def test_who_is_refused_does_not_wait_longer_for_trying(attempts: LoginLimit, clock: Clock) -> None:
    for _ in range(PER_NAME):
        tried(attempts)
    clock.now += 30
    assert {tried(attempts) for _ in range(100)} == {30}


def test_many_at_once_get_no_more_guesses_than_many_in_a_row(attempts: LoginLimit) -> None:
    for _ in range(PER_NAME - 1):
        tried(attempts)
    assert attempts.enter("ann", "10.0.0.1") == 0
    assert attempts.enter("ann", "10.0.0.1") == 1
    attempts.leave("ann", "10.0.0.1", failed=False)
    assert attempts.enter("ann", "10.0.0.1") == 0
    attempts.leave("ann", "10.0.0.1", failed=True)
    assert attempts.enter("ann", "10.0.0.1") == 60


def test_few_logins_are_under_way_at_once(attempts: LoginLimit) -> None:
    for number in range(MAX_CONCURRENT):
        assert attempts.enter("ann", f"10.0.0.{number}") == 0
    assert attempts.enter("ann", "10.0.1.1") == 1
    attempts.leave("ann", "10.0.0.0", failed=True)
    assert attempts.enter("ann", "10.0.1.1") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("testclient", "testclient", True),
        ("", "testclient", False),
        ("\ud800", "testclient", False),
    ],
)
def test_an_address_stands_for_its_network(attempts: LoginLimit, one: str, other: str, same: bool) -> None:
    for _ in range(PER_NAME):
        tried(attempts, address=one)
    assert (tried(attempts, address=other) > 0) is same


def test_any_name_can_be_counted(attempts: LoginLimit) -> None:
    for name in ("", "\ud800", "x" * 1_000_000, "ann/10.0.0.1"):
        assert [tried(attempts, name) for _ in range(PER_NAME + 1)] == [0] * PER_NAME + [60]
