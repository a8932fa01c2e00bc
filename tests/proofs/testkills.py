# file: tests/proofs/testkills.py
"""A node is killed at one kind of moment after the other, and in the end has done what nobody interrupted."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.golden.catalogfixture import Stage
from tests.proofs.killrun import BACK, KEEPING, MOMENTS, counted, killed, lived
from tests.proofs.thinmarket import days, thin
from tests.proofs.wholeness import differing, noted_bars, troubles, written
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.core.time import DAY, day_of


@dataclass(frozen=True, slots=True)
class Whole:
    """A home in which the node has run once, uninterrupted: its config, and how many of each moment there were."""

    home: Path
    config: Path
    moments: dict[str, int]

    @property
    def state(self) -> Path:
        """What it recorded."""
        return self.home / "state" / "play.db"

    def copy(self, home: Path) -> Path:
        """Give its market to another home, and return where the state will be."""
        shutil.copytree(self.home, home, ignore=shutil.ignore_patterns("state"))
        return home / "state" / "play.db"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    stage = Stage(tmp_path_factory.mktemp("whole"))
    config = thin(stage, 3, end="2025-01-06T08:00:00Z")
    return Whole(stage.home, config, counted(config, stage.home))


def test_the_market_has_what_a_kill_could_hurt(whole: Whole) -> None:
    rows = written(whole.state)
    reasons = Counter(row[13] for row in rows["trades"])
    assert {"stop", "target", "signal", "kill"} <= set(reasons)
    assert reasons["stop"] > 2
    assert len(rows["fills"]) > 5 * len(rows["trades"])
    assert any(float(row[11]) for row in rows["trades"]), "nobody paid funding"
    assert troubles(whole.state) == []
    assert {name: whole.moments.get(name, 0) > 3 for name in MOMENTS} == dict.fromkeys(MOMENTS, True)


def test_killed_at_every_kind_of_moment_it_ends_as_if_nobody_had(whole: Whole, tmp_path: Path) -> None:
    """Each kill is later than the one before: the node repeats what it did and dies in what is new."""
    state = whole.copy(tmp_path / "home")
    for number, moment in enumerate(MOMENTS, start=1):
        nth = {"table": 7, "row": 30}.get(moment, 1 + whole.moments[moment] * number // 24)
        assert lived(whole.config, state.parents[1], moment, nth) == -signal.SIGKILL, moment
        assert troubles(state) == [], moment
    assert lived(whole.config, state.parents[1]) == 0
    assert troubles(state) == []
    assert differing(written(state), written(whole.state)) == []


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    stage = Stage(tmp_path_factory.mktemp("long"))
    config = days(stage, 3)
    return Whole(stage.home, config, counted(config, stage.home))


def test_days_with_checkpoints_have_what_a_kill_could_hurt(long: Whole) -> None:
    assert troubles(long.state) == []
    assert {name: long.moments.get(name, 0) > 0 for name in (*MOMENTS, *KEEPING)} == dict.fromkeys(
        (*MOMENTS, *KEEPING), True
    )
    assert long.moments["engine fill"] > 200
    assert long.moments["fill"] > 100
    with open_state_file(long.state) as file:
        closes = [
            day_of(close).isoformat() for (close,) in file.execute("SELECT close FROM checkpoints") if not close % DAY
        ]
        held = file.execute(
            "SELECT count(*) FROM trades, checkpoints WHERE entry_time < ts AND ts < exit_time"
        ).fetchone()
    assert closes == ["2025-01-07", "2025-01-08", "2025-01-09"]
    assert held[0] > 3


LIVES = {
    "the engine": [
        ("table", 7), ("engine fill", 40), ("taken", 1), ("kept", 1), ("before checkpoint", 1), ("after checkpoint", 1),
        (BACK, 1), ("engine fill", 30), ("before checkpoint", 1),
    ],
    "the hand-over": [
        ("hand over", 1), ("node restored", 1), ("told", 15), ("partial fill", 20), ("row", 90), ("node restored", 1),
        ("bar", 30),
    ],
    "the node": [("before checkpoint", 6), ("taken", 1), ("stop", 1), ("after commit", 5), ("bar", 5)],
}  # fmt: skip


@pytest.mark.parametrize("life", LIVES)
def test_killed_with_checkpoints_it_ends_as_if_nobody_had(long: Whole, tmp_path: Path, life: str) -> None:
    state, noted = long.copy(tmp_path / "home"), 0
    for moment, nth in LIVES[life]:
        assert lived(long.config, state.parents[1], moment, nth) == -signal.SIGKILL, moment
        assert troubles(state) == [], moment
        assert noted <= noted_bars(state), moment
        noted = noted_bars(state)
    assert lived(long.config, state.parents[1]) == 0
    assert troubles(state) == []
    assert differing(written(state), written(long.state)) == []


def test_killed_again_while_it_repeats_its_past_it_loses_nothing_of_it(whole: Whole, tmp_path: Path) -> None:
    state = whole.copy(tmp_path / "home")
    assert lived(whole.config, state.parents[1], "bar", 49) == -signal.SIGKILL
    before = written(state)
    assert noted_bars(state) == 48
    assert lived(whole.config, state.parents[1], "partial fill", 5) == -signal.SIGKILL
    assert killed(whole.config, state.parents[1], 0.1) == -signal.SIGKILL
    assert written(state) == before
    assert troubles(state) == []


def test_killed_before_bars_that_piled_up_were_committed_it_makes_them_again(whole: Whole, tmp_path: Path) -> None:
    state = whole.copy(tmp_path / "home")
    for moment, number in (("bar", 40), ("partial fill", 40), ("before commit", 3), ("after commit", 6), ("bar", 150)):
        assert lived(whole.config, state.parents[1], f"piled {moment}", number) == -signal.SIGKILL, moment
        assert troubles(state) == [], moment
    assert noted_bars(state) < 150
    assert lived(whole.config, state.parents[1]) == 0
    assert troubles(state) == []
    assert differing(written(state), written(whole.state)) == []


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (
            "DELETE FROM fills WHERE number = 9",
            ["lost: fills has gaps", "lost or doubled", "off: positions", "off: equ"],
        ),
        ("UPDATE fills SET commission = '9 USDT' WHERE number = 9", ["off: equity"]),
        ("UPDATE trades SET pnl = '9' WHERE number = 3", ["off: equity"]),
        ("DELETE FROM live WHERE number = 5", ["lost: live has gaps", "lost or doubled"]),
        ("DELETE FROM equity WHERE ts = (SELECT min(ts) FROM equity)", ["lost: 96 moments"]),
        ("INSERT INTO outbox VALUES (99, 0, 0, 'trade', '')", ["lost: outbox has gaps", "lost or doubled"]),
        ("UPDATE heartbeat SET bars = 999", ["lost: the heartbeat claims 999"]),
        (
            "INSERT INTO positions VALUES ('Puppet-000', 'ADA', '1', '1', 0, '1', NULL, '0')",
            ["unguarded: ADA has no stop", "unguarded: no order", "off: positions"],
        ),
    ],
)
def test_what_a_kill_could_do_to_a_file_would_be_seen(
    whole: Whole, tmp_path: Path, harm: str, found: list[str]
) -> None:
    path = tmp_path / "harmed.db"
    shutil.copy(whole.state, path)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(harm)
    said = troubles(path)
    assert len(said) == len(found), said
    assert all(one.startswith(other) for one, other in zip(said, found, strict=True)), said
