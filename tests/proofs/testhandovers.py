# file: tests/proofs/testhandovers.py
"""In every lane, what engine and node do one after the other is what the node and what the backtest do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.runtime.paperrun import told
from tests.golden.catalogfixture import HOUR, MONDAY
from tests.golden.sinemarket import WAVES, waves
from tests.proofs.wholeness import differing, written
from tradingbot.core.runtime.statefile import open_state_file


def ran(lane: str, home: Path, until: int) -> tuple[dict[str, list[tuple[object, ...]]], int]:
    """Return the record of a node whose engine did all `until` a moment (UTC ns), and that equals the backtest, and how
    many checkpoints the engine kept."""
    stage, cues, fields = waves(lane, home)
    spec = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": cues}}
    said = told(stage.config(**fields, strategies=[spec]), home, "max", "compare", str(until))
    assert said["differences"] == []
    with open_state_file(home / "state" / "play.db") as file:
        ((kept,),) = file.execute("SELECT count(*) FROM checkpoints WHERE close <= ?", (until,)).fetchall()
    return written(home / "state" / "play.db"), kept


@pytest.mark.parametrize("lane", WAVES)
def test_engine_and_node_record_what_the_node_does_row_by_row(tmp_path: Path, lane: str) -> None:
    alone, checkpoints = ran(lane, tmp_path / "node", 0)[0], 0
    assert len(alone["fills"]) > 5
    for hours in (21, 24, 27):
        found, kept = ran(lane, tmp_path / f"{hours}", MONDAY + hours * HOUR)
        assert differing(found, alone) == [], hours
        checkpoints += kept
    assert checkpoints > 2
