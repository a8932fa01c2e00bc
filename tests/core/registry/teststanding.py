# file: tests/core/registry/teststanding.py
from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.core.registry.samples import change
from tradingbot.core.registry import lateststates
from tradingbot.core.registry.standing import Standing
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "state" / "registry.db")


def test_it_follows_the_registry_while_the_node_runs(registry: Registry) -> None:
    asked = Standing(registry.path, "trend-1")
    other = Standing(registry.path, "trend-2")
    answers = [asked.promoted()]
    for state in (State.CANDIDATE, State.VALIDATED, State.PROMOTED, State.DEMOTED):
        registry.record(change(state))
        answers.append(asked.promoted())
    assert answers == [False, False, False, True, False]
    assert not other.promoted()


def test_it_looks_into_the_registry_only_when_that_changed(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    for state in (State.CANDIDATE, State.VALIDATED, State.PROMOTED):
        registry.record(change(state))
    looks = list[Path]()

    class Counted(Registry):
        def __init__(self, path: Path) -> None:
            looks.append(path)
            super().__init__(path)

    monkeypatch.setattr(lateststates, "Registry", Counted)
    asked = Standing(registry.path, "trend-1")
    assert all(asked.promoted() for _ in range(5))
    assert len(looks) == 1
    registry.record(change(State.CANDIDATE, candidate="trend-2"))
    assert asked.promoted()
    assert len(looks) == 2


def test_a_registry_that_is_broken_or_gone_promotes_nobody(registry: Registry) -> None:
    for state in (State.CANDIDATE, State.VALIDATED, State.PROMOTED):
        registry.record(change(state))
    asked = Standing(registry.path, "trend-1")
    assert asked.promoted()
    whole = registry.path.read_bytes()
    registry.path.write_bytes(whole[:100] + bytes(len(whole) - 100))
    os.utime(registry.path, ns=(1, 1))
    assert not asked.promoted()
    registry.path.unlink()
    assert not asked.promoted()
