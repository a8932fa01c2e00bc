# file: tests/core/runtime/supervisor/testcandidates.py
from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.registry.samples import change, install
from tradingbot.core.config.runtime import CandidateNodes, PaperNode
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry
from tradingbot.core.runtime.supervisor.candidates import candidate_nodes


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    install(tmp_path)
    return tmp_path / "state" / "registry.db"


def nodes(registry: Path, *but: str, **fields: object) -> list[PaperNode]:
    return candidate_nodes(registry, CandidateNodes.model_validate(fields), frozenset(but))


def test_what_is_validated_trades_with_the_settings_it_was_validated_with(registry: Path) -> None:
    (node,) = nodes(registry, speed="60")
    assert node == PaperNode(config="config/backtests/trend.json", speed="60", set=("seed=7",), name="trend-1")


def test_its_newer_data_is_where_somebody_says(registry: Path) -> None:
    (node,) = nodes(registry, catalogs={"trend-1": "catalog/newer"})
    assert node.set == ("seed=7", "catalog=catalog/newer")


def test_what_is_listed_by_hand_or_not_wanted_is_left_out(registry: Path) -> None:
    assert nodes(registry, "trend-1") == []
    assert nodes(registry, on=False) == []


def test_what_was_retired_trades_no_more(registry: Path) -> None:
    Registry(registry).record(change(State.RETIRED))
    assert nodes(registry) == []


def test_without_a_registry_there_are_none_and_none_is_made(tmp_path: Path) -> None:
    assert nodes(tmp_path / "registry.db") == []
    assert not (tmp_path / "registry.db").exists()
