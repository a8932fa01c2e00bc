# file: tests/core/runtime/testcatchup.py
from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.core.runtime.paperrun import told
from tests.golden.catalogfixture import MONDAY, Stage
from tests.proofs.killrun import lived
from tests.proofs.thinmarket import days
from tests.proofs.wholeness import differing, troubles, written
from tradingbot import backtest as door
from tradingbot.core.runtime.catchup import stop_signals
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint
from tradingbot.core.runtime.checkpoint.store import CheckpointStore, checkpoint_key, fingerprint
from tradingbot.core.runtime.market import open_planned_market
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.core.time import DAY

MIDNIGHTS = [MONDAY + day * DAY for day in (1, 2, 3)]


@dataclass(frozen=True, slots=True)
class Run:
    """A home whose node has run, and what the run said of itself."""

    home: Path
    said: dict[str, Any]

    @property
    def config(self) -> Path:
        return self.home / "play.json"

    @property
    def state(self) -> Path:
        return self.home / "state" / "play.db"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with open_state_file(self.state) as file:
            return [tuple(row) for row in file.execute(query)]

    def again(self, *words: str) -> Run:
        """Run the node once more."""
        return replace(self, said=told(self.config, self.home, *words))

    def copy(self, home: Path, *without: str) -> Run:
        """Return the same in another home, where its config is another's no longer."""
        shutil.copytree(self.home, home, ignore=shutil.ignore_patterns(*without))
        return Run(home, {})


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All of it done by the node."""
    home = tmp_path_factory.mktemp("node")
    return Run(home, told(days(Stage(home), 3), home, "max", "compare", "0"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The first days done by the engine."""
    home = tmp_path_factory.mktemp("both")
    return Run(home, told(days(Stage(home), 3), home, "max", "compare", ""))


def same(run: Run, whole: Run) -> bool:
    assert troubles(run.state) == []
    assert differing(written(run.state), written(whole.state)) == []
    for table in ("positions", "live"):
        query = f"SELECT * FROM {table} ORDER BY 1, 2"
        found, expected = ([row[:1] + row[2:] for row in each.rows(query)] for each in (run, whole))
        assert found == expected
    return bool(run.said["differences"] == [])


def test_what_engine_and_node_do_one_after_the_other_is_what_the_node_does_row_by_row(node: Run, both: Run) -> None:
    assert same(both, node)
    assert node.said["differences"] == []
    for run in (node, both):
        closes = [close for (close,) in run.rows("SELECT close FROM checkpoints ORDER BY ts")]
        assert [close for close in closes if not close % DAY] == MIDNIGHTS
    # Only the engine looks for a moment of rest close to where it ends.
    assert len(closes) > 3


@pytest.mark.parametrize("way", ["node", "both"])
def test_the_books_in_memory_are_those_of_a_day(request: pytest.FixtureRequest, way: str) -> None:
    run: Run = request.getfixturevalue(way)
    most, counted = run.said["most"], {"decisions": "decisions", "trades": "trades", "fills": "fills"}
    for name, table in counted.items():
        ((all_of_them,),) = run.rows(f"SELECT count(*) FROM {table}")
        assert 0 < most[name] < 0.6 * all_of_them, name
    assert max(most["of orders"], most["names"]) < 60 < run.said["decisions"] * 3


def test_started_again_from_its_checkpoints_it_returns_all_of_its_past(both: Run, node: Run, tmp_path: Path) -> None:
    run = both.copy(tmp_path / "home").again("max", "compare", "")
    assert same(run, node)
    assert {name: run.said[name] for name in ("decisions", "trades", "bars", "equity", "longest")} == {
        name: node.said[name] for name in ("decisions", "trades", "bars", "equity", "longest")
    }


@pytest.mark.parametrize(
    ("moment", "number", "ends"),
    [("engine fill", 90, "engine"), ("taken", 5, "engine"), ("fill", 60, "node"), ("bar", 280, "node")],
)
def test_told_to_stop_it_says_stopped_and_the_next_start_goes_on(
    node: Run, tmp_path: Path, moment: str, number: int, ends: str
) -> None:
    run = node.copy(tmp_path / "home", "state")
    assert lived(run.config, run.home, moment, number, signal.SIGTERM) == 0
    assert run.rows("SELECT state FROM heartbeat") == [("stopped",)]
    assert run.rows("SELECT kind FROM outbox WHERE kind = 'stopped'") == [("stopped",)]
    ((noted,),) = run.rows("SELECT max(ts) FROM bars")
    assert (noted <= MIDNIGHTS[1]) == (ends == "engine")
    assert troubles(run.state) == []
    assert same(run.again("max", "compare", ""), node)


def spoil(run: Run, harm: str, close: int) -> None:
    """Make the checkpoint of a close one that does not fit, in one of the ways of `REFUSED`."""
    planned = door.plan(run.config)
    key, fits = checkpoint_key(run.home / "state"), fingerprint(planned, open_planned_market(planned)[0])
    found = CheckpointStore(run.state, key, fits).at(close)
    assert isinstance(found, Checkpoint)
    bound = {"settings": {"settings": "0" * 64}, "code": {"code": "0" * 64}}.get(harm, {})
    if harm == "holdings":
        found = replace(found, balance=found.balance + 1, held=replace(found.held, positions=()))
    if harm == "state":
        found = replace(found, state=b"no state")
    store = CheckpointStore(run.state, b"o" * 32 if harm == "key" else key, fits | bound)
    ((table, (row,)), _history) = store.rows(found, {}, {"fills": 10**6 if harm == "record" else 0})
    with closing(sqlite3.connect(run.state)) as database, database:
        marks = ", ".join("?" * len(row))
        database.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)


REFUSED = {
    "key": "it was not signed with this home's key",
    "settings": "its settings was 0000000000000000, allowed is ",
    "code": "its code was 0000000000000000, allowed is ",
    "record": "the record has 348 fills, it counts 1000000",
    "holdings": "it held ",
    "state": "error: Error -3 while decompressing data",
}


def test_checkpoints_that_do_not_fit_are_refused_one_after_the_other_and_told(
    both: Run, node: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = both.copy(tmp_path / "home")
    monkeypatch.setenv("TRADINGBOT_HOME", str(run.home))
    _adopt(run, both)
    closes = [close for (close,) in run.rows("SELECT close FROM checkpoints ORDER BY ts DESC")]
    assert len(closes) == len(REFUSED), "one for each reason, then the long way"
    for harm, close in zip(REFUSED, closes, strict=True):
        spoil(run, harm, close)
    run = run.again("max", "compare", "")
    assert same(run, node)
    said = [
        sentence for (sentence,) in run.rows("SELECT sentence FROM outbox WHERE kind = 'checkpoint' ORDER BY number")
    ]
    assert len(said) == len(REFUSED)
    for sentence, why in zip(said, REFUSED.values(), strict=True):
        assert f" is not used: {why}" in sentence
    assert run.rows("SELECT count(*) FROM outbox WHERE kind = 'failed'") == [(0,)]
    assert len(run.rows("SELECT close FROM checkpoints")) >= 3


def test_where_the_last_is_refused_the_one_before_is_used(
    both: Run, node: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = both.copy(tmp_path / "home")
    monkeypatch.setenv("TRADINGBOT_HOME", str(run.home))
    _adopt(run, both)
    spoil(run, "holdings", MIDNIGHTS[2])
    with closing(sqlite3.connect(run.state)) as database, database:
        # What lies before the one that is used is not done again, so nobody sees this.
        database.execute("UPDATE fills SET price = '1' WHERE number = 3")
    run = run.again("max", "alone", "")
    assert "error" not in run.said
    ((sentence,),) = run.rows("SELECT sentence FROM outbox WHERE kind = 'checkpoint'")
    assert sentence.startswith("the checkpoint of 2025-01-09T00:00:00Z is not used: it held ")


def _adopt(run: Run, of: Run) -> None:
    """Have a copy's config read the market of where it came from: the settings are the same."""
    assert json.loads(run.config.read_text())["catalog"] == str(of.home / "catalog" / "main")


def test_a_signal_is_noted_and_its_handler_is_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_signals() as told_to:
        assert not told_to()
        os.kill(os.getpid(), signal.SIGTERM)
        assert told_to()
    assert signal.getsignal(signal.SIGTERM) == before


def test_in_another_thread_no_signal_comes() -> None:
    found = []

    def look() -> None:
        with stop_signals() as told_to:
            found.append(told_to())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [False]
