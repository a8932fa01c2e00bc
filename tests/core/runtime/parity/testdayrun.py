# file: tests/core/runtime/parity/testdayrun.py
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.core.runtime.paperrun import told
from tests.core.runtime.parity.testcheck import DAYS, config, staged
from tests.golden.catalogfixture import HOUR
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint
from tradingbot.core.runtime.checkpoint.store import CheckpointStore, checkpoint_key, fingerprint
from tradingbot.core.runtime.market import open_planned_market, plan
from tradingbot.core.runtime.parity.check import read_node
from tradingbot.core.runtime.parity.dayrun import DayRun, Ran
from tradingbot.core.runtime.parity.records import Span

_ID = re.compile(r"O-\d{8}-\d{6}-[\d-]+")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state file of a node that has run."""
    home = tmp_path_factory.mktemp("home")
    told(config(staged(home)), home, "max", "alone")
    return home / "state" / "play.db"


def did(ran: Ran, span: Span) -> list[Any]:
    events = [[_ID.sub("an order", str(cell)) for cell in row] for row in ran.orders.events]
    return [events, ran.orders.fills, [item.intent for item in ran.decisions if span.holds(item.intent.ts)]]


def test_a_day_is_the_same_from_whichever_checkpoint_it_is_run(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(state.parent.parent))
    node = read_node(state, DAYS[2])
    planned = plan(node.config, node.settings)
    market, _synthetic = open_planned_market(planned)
    store = CheckpointStore(state, checkpoint_key(state.parent), fingerprint(planned, market))
    evening = store.at(node.span.evening)
    assert isinstance(evening, Checkpoint)
    before, mornings = node.span.since, list[Checkpoint | None]()
    while not mornings or mornings[-1] is not None:
        mornings.append(store.newest(before)[0])
        before = mornings[-1].close - 1 if mornings[-1] else 0
    assert len(mornings) >= 3
    told_days: list[tuple[int, int]] = []
    runs = []
    for morning in mornings:
        told_days.clear()
        run = DayRun(planned, market, node.span, evening.close + HOUR, morning, evening)
        runs.append(run.run(lambda *days: told_days.append(days)))
        assert told_days[-1][0] == told_days[-1][1] >= 1
    assert [run.states for run in runs] == [[]] * len(mornings)
    assert [did(run, node.span) for run in runs] == [did(runs[0], node.span)] * len(mornings)
    assert runs[0].orders.fills
