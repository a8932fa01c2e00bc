# file: tests/core/runtime/checkpoint/cutplay.py
"""Random plays of two puppets on one market, with drills, kills, thin books and holes, and where they are cut."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.core.runtime.checkpoint.cutrun import Course, CutRun, compared
from tests.golden.catalogfixture import MONDAY, Stage
from tests.golden.marketscripts import LANES, Play
from tradingbot import backtest as door

__all__ = ["CutPlay", "cut_plays"]


@dataclass(frozen=True, slots=True)
class CutPlay:
    """A play, fields of its config beside the play's own, and after which bars it is cut."""

    play: Play = field(repr=False)  # too long to be read
    fields: dict[str, Any]
    bars: list[int]

    def proven(self) -> Course:
        """Return what the cut run did. Raises AssertionError when the whole one did anything else."""
        with tempfile.TemporaryDirectory() as folder:
            stage = Stage(Path(folder))
            self.play.build(stage)
            planned = door.plan(stage.config(**self.play.fields | self.fields))
            return compared(CutRun(planned), self.bars)


@st.composite
def cut_plays(draw: st.DrawFn, lane: str) -> CutPlay:
    """Draw a play of two puppets: of the second, what the first one's market has room for."""
    play, more = draw(LANES[lane]), draw(LANES[lane])
    rows, names = max(map(len, play.middle.values())), len(play.fields["instruments"])
    scripts = [play.cues, [cue for cue in more.cues if cue["of"] < names]]
    # The desk refuses first: what the engine calls free margin depends on when it last looked at an account.
    risk = play.fields["risk"] | {"max_lane_exposure": play.fields["venue"].get("leverage", 50) * 0.9}
    fields: dict[str, Any] = {
        "realism": "exact",
        "risk": risk,
        "strategies": [{"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": cues}} for cues in scripts],
        "events": draw(st.lists(_drills(play, rows), max_size=4)),
    }
    if losses := draw(st.sampled_from([None, 1, 3])):
        kill = {"consecutive_losses": losses, "step_timeout_s": draw(st.sampled_from([1, 60, 2_000]))}
        fields |= {"automatic_kill": True, "risk": risk | {"kill": kill}}
    return CutPlay(play, fields, draw(st.lists(st.integers(1, rows), min_size=1, max_size=6)))


@st.composite
def _drills(draw: st.DrawFn, play: Play, rows: int) -> dict[str, Any]:
    moment = MONDAY + draw(st.integers(1, rows)) * play.step.ns + draw(st.sampled_from([0, 1, 77])) * 1_000_000_000
    event = {"at": dt.datetime.fromtimestamp(moment / 1e9, dt.UTC).isoformat(), "operator": "ann"}
    kind = draw(st.sampled_from(["kill", "resume", "withdraw", "gap"]))
    if kind == "withdraw":
        return event | {kind: f"{draw(st.integers(1, 3_000))} {play.fields['equity'].split()[1]}"}
    return event | {kind: "45m" if kind == "gap" else play.fields["lane"]}
