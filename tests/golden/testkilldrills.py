# file: tests/golden/testkilldrills.py
"""A kill while a position is held, in every lane and both realisms: nothing enters, and the books still add up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.golden.sinemarket import WAVES, waves
from tradingbot.core.runtime.result import Result

_STATED = {"kill", "stop", "target", "expiry", "assignment", "time", "signal", "end"}


def _run(lane: str, folder: Path, realism: str, kill: int | None = None) -> Result:
    stage, cues, fields = waves(lane, folder)
    events = []
    if kill is not None:
        at = dt.datetime.fromtimestamp(kill // 1_000_000_000, dt.UTC).isoformat()
        events = [{"at": at, "kill": lane, "reason": "drill", "operator": "ann"}]
    return stage.play(cues, realism=realism, events=events, **fields).result


@pytest.mark.parametrize("realism", ["fast", "exact"])
@pytest.mark.parametrize("lane", WAVES)
def test_a_kill_ends_in_the_stated_states(lane: str, realism: str, tmp_path: Path) -> None:
    (tmp_path / "calm").mkdir()
    (tmp_path / "killed").mkdir()
    calm = _run(lane, tmp_path / "calm", realism)
    first = min([*calm.trades, *calm.open], key=lambda trade: trade.entry_time)
    moment = (first.entry_time + (first.exit_time or calm.end)) // 2
    moment -= moment % 1_000_000_000
    killed = _run(lane, tmp_path / "killed", realism, moment)
    assert [(item.kind, item.sentence) for item in killed.events] == [("kill", "killed by ann: drill")]
    assert [trade.id for trade in [*killed.trades, *killed.open] if trade.entry_time > moment] == []
    assert {trade.exit_reason for trade in killed.trades} <= _STATED
    assert {item.rule for item in killed.refused if item.ts > moment} <= {"lane_halted", "already_in", "run_ends"}
    known = killed.summary
    assert known.start_equity + known.net_pnl == known.end_equity
    assert known.net_pnl == known.realised_pnl + known.open_pnl


@pytest.mark.parametrize("lane", WAVES)
def test_the_same_drill_has_the_same_result(lane: str, tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        result = _run(lane, tmp_path / name, "exact", 1_736_200_000_000_000_000)
        found.append(([trade.to_dict() for trade in result.trades], result.summary.to_dict()))
    assert found[0] == found[1]
