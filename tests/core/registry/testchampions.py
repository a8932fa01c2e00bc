# file: tests/core/registry/testchampions.py
from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.core.registry.samples import DAY, NOW, change, install, unsigned
from tradingbot.core.lane import Lane
from tradingbot.core.registry import champions as lateststates
from tradingbot.core.registry.certificate import Certificate, sign
from tradingbot.core.registry.champions import Champions, PromotionCheck
from tradingbot.core.registry.signing import signing_key
from tradingbot.core.registry.states import Change, State
from tradingbot.core.registry.store import Registry, record_outcome

NONE = "no candidate of it is promoted"
LATER = NOW + DAY
KEY_FILE = Path("state", "keys", "validator.pem")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "state" / "registry.db")


@pytest.fixture
def promoted(registry: Registry) -> Registry:
    for state in (State.CANDIDATE, State.VALIDATED, State.PROMOTED):
        registry.record(change(state))
    return registry


def test_it_follows_the_registry_while_the_node_runs(registry: Registry) -> None:
    asked = PromotionCheck(registry.path, "trend-1")
    other = PromotionCheck(registry.path, "trend-2")
    answers = [asked.promoted()]
    for state in (State.CANDIDATE, State.VALIDATED, State.PROMOTED, State.DEMOTED):
        registry.record(change(state))
        answers.append(asked.promoted())
    assert answers == [False, False, False, True, False]
    assert not other.promoted()


def test_it_looks_into_the_registry_only_when_that_changed(promoted: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = list[Path]()

    class Counted(Registry):
        def __init__(self, path: Path) -> None:
            looks.append(path)
            super().__init__(path)

    monkeypatch.setattr(lateststates, "Registry", Counted)
    asked = PromotionCheck(promoted.path, "trend-1")
    assert all(asked.promoted() for _ in range(5))
    assert len(looks) == 1
    promoted.record(change(State.CANDIDATE, candidate="trend-2"))
    assert asked.promoted()
    assert len(looks) == 2


def test_a_registry_that_is_broken_or_gone_promotes_nobody(promoted: Registry) -> None:
    asked = PromotionCheck(promoted.path, "trend-1")
    assert asked.promoted()
    whole = promoted.path.read_bytes()
    promoted.path.write_bytes(whole[:100] + bytes(len(whole) - 100))
    os.utime(promoted.path, ns=(1, 1))
    assert not asked.promoted()
    promoted.path.unlink()
    assert not asked.promoted()


@pytest.fixture
def champions(tmp_path: Path) -> Champions:
    return Champions(tmp_path / "state" / "registry.db", tmp_path / KEY_FILE)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Install trend-1 and promote it."""
    certificate = install(tmp_path)
    Registry(tmp_path / "state" / "registry.db").record(change(State.PROMOTED, certificate=certificate.to_json()))
    return certificate


def test_without_a_registry_nobody_may_trade(champions: Champions) -> None:
    assert champions.missing(Lane.FOREX, LATER) == NONE


def test_a_promoted_candidate_may_trade_its_own_lane(champions: Champions, certificate: Certificate) -> None:
    assert [lane for lane in Lane if not champions.missing(lane, LATER)] == [Lane.FOREX]


@pytest.mark.parametrize(
    ("now", "may"), [(NOW - 1, False), (NOW, True), (NOW + 90 * DAY - 1, True), (NOW + 90 * DAY, False)]
)
def test_its_certificate_is_good_for_its_time_alone(
    champions: Champions, certificate: Certificate, now: int, may: bool
) -> None:
    assert (champions.missing(Lane.FOREX, now) == "") is may


def test_a_change_of_the_registry_is_seen_at_once(
    champions: Champions, certificate: Certificate, registry: Registry
) -> None:
    assert champions.missing(Lane.FOREX, LATER) == ""
    registry.record(change(State.DEMOTED, certificate=""))
    assert champions.missing(Lane.FOREX, LATER) == NONE


def test_one_of_several_whose_certificate_is_good_is_enough(
    champions: Champions, certificate: Certificate, registry: Registry, tmp_path: Path
) -> None:
    other = sign(unsigned(candidate="other", expires_ns=NOW + 2 * DAY), signing_key(tmp_path / KEY_FILE))
    record_outcome(registry, change(State.VALIDATED, candidate="other", certificate=other.to_json()))
    registry.record(change(State.PROMOTED, candidate="other", certificate=other.to_json()))
    assert champions.missing(Lane.FOREX, NOW + 3 * DAY) == ""
    assert champions.missing(Lane.FOREX, NOW + 99 * DAY) == (
        "the certificate of trend-1 is good no more; the certificate of other is good no more"
    )


def other_key(home: Path) -> None:
    (home / KEY_FILE).unlink()
    signing_key(home / KEY_FILE)


def changed(home: Path) -> None:
    with closing(sqlite3.connect(home / "state" / "registry.db")) as file, file:
        file.execute("DROP TRIGGER noupdate")


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda home: (home / KEY_FILE).unlink(), "validator.pem was not found, so no certificate can be checked"),
        (lambda home: (home / KEY_FILE).chmod(0o644), "was open to others (mode 0644), allowed is 0600"),
        (other_key, "the certificate of trend-1 was signed with key "),
        (
            lambda home: (home / "state" / "registry.db").write_bytes(b"not a database, " * 100),
            "file is not a database",
        ),
        (changed, "noupdate was changed, added or removed"),
    ],
)
def test_what_cannot_be_checked_vouches_for_nobody(
    champions: Champions, certificate: Certificate, tmp_path: Path, harm: Callable[[Path], object], why: str
) -> None:
    assert champions.missing(Lane.FOREX, LATER) == ""
    harm(tmp_path)
    assert why in champions.missing(Lane.FOREX, LATER)


@pytest.mark.parametrize(("changed_at", "reads"), [(NOW, 1), (2 * NOW, 3)])
def test_files_are_read_again_only_if_they_may_have_changed(
    champions: Champions,
    certificate: Certificate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changed_at: int,
    reads: int,
) -> None:
    """Of a file that changed this moment nobody knows whether it changes again within the same tick."""
    for path in (tmp_path / "state" / "registry.db", tmp_path / KEY_FILE):
        os.utime(path, ns=(changed_at, changed_at))
    read, seen = Registry.current, list[Registry]()

    def counted(registry: Registry) -> list[Change]:
        seen.append(registry)
        return read(registry)

    monkeypatch.setattr(Registry, "current", counted)
    assert {champions.missing(Lane.FOREX, LATER) for _ in range(3)} == {""}
    assert len(seen) == reads
