# file: tests/proofs/testfaults.py
"""Each thing that goes wrong around a node ends in a condition that is stated, visible and safe."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.golden.catalogfixture import Stage
from tests.proofs.faultrun import paper, said
from tests.proofs.killrun import lived
from tests.proofs.thinmarket import thin
from tests.proofs.wholeness import differing, noted_bars, troubles, written

STATE = "SELECT state, sentence FROM heartbeat"


class Home:
    """A home with the market of `whole`, whose node has not run."""

    def __init__(self, whole: Path, home: Path) -> None:
        shutil.copytree(whole, home, ignore=shutil.ignore_patterns("state"))
        self.home = home
        self.config = home / "play.json"
        self.state = home / "state" / "play.db"
        self._whole = whole / "state" / "play.db"

    def ends(self, **faults: float) -> tuple[int, str]:
        """Run the node to its end and return the exit code and what it said on standard error."""
        with paper(self.config, self.home, **faults) as child:
            return child.ended()

    def goes_on(self) -> bool:
        """Return whether the node, run again, ends having done what it does uninterrupted."""
        return self.ends() == (0, "") and self.is_whole()

    def is_whole(self) -> bool:
        """Return whether the node has done what it does uninterrupted."""
        assert troubles(self.state) == []
        assert differing(written(self.state), written(self._whole)) == []
        return said(self.home, STATE) == [("finished", "")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stage = Stage(tmp_path_factory.mktemp("whole"))
    assert lived(thin(stage, 3, end="2025-01-06T05:00:00Z"), stage.home) == 0
    return stage.home


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Home:
    return Home(whole, tmp_path / "home")


def test_a_strategy_that_raises_ends_it_and_does_so_again_without_recording_anything_twice(home: Home) -> None:
    config = json.loads(home.config.read_text())
    config["strategies"][0]["params"]["cues"].append({"bar": 30, "do": "fail"})
    home.config.write_text(json.dumps(config))
    before: dict[str, Any] | None = None
    for again in (0, 1):
        code, err = home.ends()
        assert code == 4
        assert err.startswith("tradingbot: Puppet-000.on_bar raised ValueError: the script says so")
        ((state, sentence),) = said(home.home, STATE)
        assert (state, sentence.splitlines()[0]) == ("failed", err.splitlines()[0].removeprefix("tradingbot: "))
        assert troubles(home.state) == []
        assert len(said(home.home, "SELECT * FROM outbox WHERE kind = 'failed'")) == again + 1
        assert before in (None, written(home.state))
        before = written(home.state)
    assert 50 < noted_bars(home.state) < 60


def test_a_feed_that_stalls_is_told_and_nothing_is_decided_until_data_come_again(home: Home) -> None:
    decided = "SELECT count(*) FROM decisions"
    with paper(home.config, home.home, gate=60, stall=1.0) as child:
        child.until("waits")
        child.until_said("SELECT 1 FROM heartbeat WHERE state = 'stalled'")
        before = said(home.home, decided)
        child.until_said("SELECT 1 FROM outbox WHERE kind = 'stall'")
        assert said(home.home, STATE)[0][1].startswith("no data for ")
        assert said(home.home, decided) == before
        child.go()
        assert child.ended()[0] == 0
    told = said(home.home, "SELECT sentence FROM outbox WHERE kind = 'stall' ORDER BY number")
    # A busy machine may make more of them.
    assert set(told[::2]) == {("no data for 1 s though some is due",)}
    assert set(told[1::2]) == {("data comes again",)}
    assert not len(told) % 2
    assert home.is_whole()


def test_a_full_disk_ends_it_with_one_sentence_and_what_is_there_is_whole(home: Home) -> None:
    code, err = home.ends(disk=300_000)
    assert code == 4
    assert err.startswith(f"tradingbot: {home.state} could not be written: ")
    assert err.count("\n") == 1
    assert troubles(home.state) == []
    assert 10 < noted_bars(home.state) < 110
    assert home.goes_on()


def test_a_database_locked_for_longer_than_its_patience_ends_it_stated(home: Home) -> None:
    with paper(home.config, home.home, gate=60, patience=0.3) as child:
        child.until("waits")
        child.until_said("SELECT 1 FROM (SELECT count(*) AS n FROM bars) WHERE n = 60")
        with closing(sqlite3.connect(home.state, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            child.go()
            code, err = child.ended()
    assert (code, err) == (4, f"tradingbot: {home.state} could not be written: database is locked\n")
    assert troubles(home.state) == []
    assert noted_bars(home.state) == 60
    assert home.goes_on()


def test_a_database_locked_for_a_moment_changes_nothing(home: Home) -> None:
    with paper(home.config, home.home, gate=60, patience=60) as child:
        child.until("waits")
        child.until_said("SELECT 1 FROM (SELECT count(*) AS n FROM bars) WHERE n = 60")
        with closing(sqlite3.connect(home.state, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            child.go()
            child.until("through")
            assert noted_bars(home.state) == 60
            other.execute("ROLLBACK")
        assert child.ended() == (0, "")
    assert home.is_whole()


def test_a_step_of_the_machines_clock_is_told_and_trading_goes_by_the_markets(home: Home) -> None:
    with paper(home.config, home.home, gate=60, jump=-7200) as child:
        child.until("waits")
        child.until_said("SELECT 1 FROM outbox WHERE kind = 'clock'")
        child.go()
        assert child.ended()[0] == 0
    ((sentence,),) = said(home.home, "SELECT sentence FROM outbox WHERE kind = 'clock'")
    assert sentence == "the machine's clock jumped by -7200.0 s; the node goes by the market's time"
    assert home.is_whole()


def test_without_its_heartbeat_it_does_not_go_on(home: Home) -> None:
    with paper(home.config, home.home, gate=60, heart=1) as child:
        child.until("waits")
        child.go()
        code, err = child.ended()
    assert code == 4
    assert err.startswith("tradingbot: ")
    assert err.endswith("the heartbeat broke off by OSError: no clock any more\n")
    assert said(home.home, "SELECT state FROM heartbeat") == [("failed",)]
    assert troubles(home.state) == []
    assert home.goes_on()


def test_stopped_within_a_bar_and_again_while_it_repeats_its_past_it_goes_on(home: Home) -> None:
    assert lived(home.config, home.home, "partial fill", 30, signal.SIGTERM) == 0
    assert said(home.home, "SELECT state FROM heartbeat") == [("stopped",)]
    assert troubles(home.state) == []
    before = written(home.state)
    assert 0 < len(before["bars"]) < 110
    assert lived(home.config, home.home, "told", 5, signal.SIGTERM) == 0
    assert said(home.home, "SELECT state FROM heartbeat") == [("stopped",)]
    assert written(home.state) == before
    assert home.goes_on()
