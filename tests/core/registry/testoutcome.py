# file: tests/core/registry/testoutcome.py
from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.registry.samples import change
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.registry.outcome import record_outcome
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry

WAYS: dict[State | None, list[State]] = {
    None: [],
    State.CANDIDATE: [State.CANDIDATE],
    State.VALIDATED: [State.CANDIDATE, State.VALIDATED],
    State.PROMOTED: [State.CANDIDATE, State.VALIDATED, State.PROMOTED],
    State.DEMOTED: [State.CANDIDATE, State.VALIDATED, State.PROMOTED, State.DEMOTED],
    State.RETIRED: [State.CANDIDATE, State.RETIRED],
}


def brought_to(tmp_path: Path, state: State | None) -> Registry:
    registry = Registry(tmp_path / "registry.db")
    for step in WAYS[state]:
        registry.record(change(step))
    return registry


@pytest.mark.parametrize("was", [state for state in WAYS if state is not State.RETIRED])
def test_a_pass_validates_whatever_was(tmp_path: Path, was: State | None) -> None:
    registry = brought_to(tmp_path, was)
    assert record_outcome(registry, change(State.VALIDATED, why="passed")) is State.VALIDATED
    states = [row.state for row in registry.history("trend-1")]
    assert states == [*WAYS[was], *([State.CANDIDATE] if was is None else []), State.VALIDATED]
    assert registry.current()[0].why == "passed"


def test_a_pass_of_a_retired_candidate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyRefused, match=r"^trend-1 is retired and cannot become validated"):
        record_outcome(brought_to(tmp_path, State.RETIRED), change(State.VALIDATED))


@pytest.mark.parametrize(
    ("was", "now", "rows"),
    [
        (None, State.CANDIDATE, 1), (State.CANDIDATE, State.CANDIDATE, 0), (State.VALIDATED, State.CANDIDATE, 1),
        (State.PROMOTED, State.DEMOTED, 1), (State.DEMOTED, State.DEMOTED, 0), (State.RETIRED, State.RETIRED, 0),
    ],
)  # fmt: skip
def test_what_does_not_pass_loses_what_it_had(tmp_path: Path, was: State | None, now: State, rows: int) -> None:
    registry = brought_to(tmp_path, was)
    assert record_outcome(registry, change(State.CANDIDATE)) is now
    assert [row.state for row in registry.history("trend-1")] == WAYS[was] + [now] * rows
