# file: tests/core/runtime/replay/testverifier.py
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.runtime.replay.verifier import archive_state, open_verifier
from tradingbot.core.runtime.statefile import Rows, StateFile, open_state_file

FILL = (1, 5, "O1", "Puppet-000", "COIN", "2", "100", "0.1 USDT")
OTHER = (2, 6, "O1", "Puppet-000", "COIN", "1", "101", "0.1 USDT")
BAR, EQUITY = ("COIN", 5), (5, "1000", "1000")
NODE = ("mine", "cryptofutures", "", "sha", "max", 0, 9, 1, 1, "", "USDT", "1000", 0, 1, "", 0)


def recorded(path: Path, *batch: Rows, settings: str = "sha") -> Path:
    file = StateFile(path)
    file.write([("node", [(*NODE[:3], settings, *NODE[4:])]), *batch])
    file.close()
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return recorded(tmp_path / "mine.db", ("fills", [FILL]), ("bars", [BAR]), ("equity", [EQUITY]))


def test_without_a_file_everything_is_new(tmp_path: Path) -> None:
    with open_verifier(tmp_path / "mine.db", "sha") as past:
        assert (past.until, past.last["fills"], past.last["outbox"]) == (0, 0, 0)
        assert past.new([("fills", [FILL])]) == [("fills", [FILL])]
        assert past.new_bars(0, [BAR], [EQUITY]) == [("bars", [BAR]), ("equity", [EQUITY])]


@pytest.mark.parametrize("made", ["nothing", "no tables", "no rows"])
def test_a_node_that_died_as_it_made_its_file_begins(tmp_path: Path, made: str) -> None:
    path = tmp_path / "mine.db"
    if made == "nothing":
        path.touch()
    elif made == "no tables":
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode = WAL")
    else:
        StateFile(path).close()
    with open_verifier(path, "sha") as past:
        assert past.until == 0
        assert past.new([("fills", [FILL])]) == [("fills", [FILL])]


def test_what_is_on_record_is_not_new_and_what_follows_is(path: Path) -> None:
    with open_verifier(path, "sha") as past:
        assert (past.until, past.last["fills"]) == (5, 1)
        assert past.new([("fills", [FILL, OTHER])]) == [("fills", [OTHER])]
        assert past.new([("fills", [FILL])]) == []
        assert past.new_bars(0, [BAR], [EQUITY]) == []
        bar, worth = ("COIN", 6), (6, "1001", "1000")
        later = [("bars", [bar]), ("equity", [worth])]
        assert past.new_bars(0, [BAR, bar], [EQUITY, worth]) == later
        assert past.new_bars(5, [bar], [worth]) == later


def test_a_fill_that_comes_out_otherwise_is_told_with_both(path: Path) -> None:
    with open_verifier(path, "sha") as past, pytest.raises(RunFailed) as raised:
        past.new([("fills", [(*FILL[:6], "99", FILL[7])])])
    said = str(raised.value)
    assert said.startswith("the past of mine came out otherwise: in fills it recorded (1, 5, 'O1'")
    assert "'2', '100', '0.1 USDT'), now it is (1, 5" in said
    assert said.endswith("--fresh sets the record aside and begins anew")


@pytest.mark.parametrize(
    ("bar", "equity", "table"), [(("COIN", 4), EQUITY, "bars"), (BAR, (5, "999", "1000"), "equity")]
)
def test_a_bar_or_an_equity_that_comes_out_otherwise_is_told(
    path: Path, bar: tuple[str, int], equity: tuple[Any, ...], table: str
) -> None:
    with open_verifier(path, "sha") as past, pytest.raises(RunFailed, match=f"in {table} it recorded"):
        past.new_bars(0, [bar], [equity])


SPAN = [("COIN", 4), BAR, ("OTHER", 5), ("COIN", 6)]
WORTH = [(4, "1001", "1000"), EQUITY, (6, "1002", "1000")]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_bars_are_known_however_many_come_at_once(tmp_path: Path, size: int) -> None:
    path = recorded(tmp_path / "mine.db", ("bars", SPAN), ("equity", WORTH))
    moments = [[bar for bar in SPAN if bar[1] == ts] for ts in (4, 5, 6)]
    with open_verifier(path, "sha") as past:
        for at in range(0, 3, size):
            bars = [bar for moment in moments[at : at + size] for bar in moment]
            assert past.new_bars(moments[at][0][1] - 1, bars, WORTH[at : at + size]) == []


@pytest.mark.parametrize("harm", ["missing", "more", "other"])
def test_a_span_of_bars_that_comes_out_otherwise_is_told_by_its_first_difference(tmp_path: Path, harm: str) -> None:
    path = recorded(tmp_path / "mine.db", ("bars", SPAN), ("equity", WORTH))
    bars = {
        "missing": [*SPAN[:2], SPAN[3]],
        "more": [*SPAN[:3], ("OTHER", 6), SPAN[3]],
        "other": [*SPAN[:2], ("THIRD", 5), SPAN[3]],
    }[harm]
    with open_verifier(path, "sha") as past, pytest.raises(RunFailed) as raised:
        past.new_bars(3, bars, WORTH)
    said = {
        "missing": "it recorded ('OTHER', 5), now it is None",
        "more": "it recorded None, now it is ('OTHER', 6)",
        "other": ", 5)",
    }
    assert said[harm] in str(raised.value)


def test_a_moment_that_no_longer_comes_is_missed_by_the_next_that_does(tmp_path: Path) -> None:
    path = recorded(tmp_path / "mine.db", ("bars", SPAN), ("equity", WORTH))
    with open_verifier(path, "sha") as past:
        assert past.new_bars(3, SPAN[:1], WORTH[:1]) == []
        with pytest.raises(RunFailed, match=r"in bars it recorded \('(COIN|OTHER)', 5\), now it is None"):
            past.new_bars(4, SPAN[3:], WORTH[2:])
        with pytest.raises(RunFailed, match=r"in bars it recorded \('COIN', 6\), now it is None"):
            past.new_bars(5, [("COIN", 7)], [(7, "1", "1")])


def test_other_settings_another_version_and_a_broken_file_are_refused(path: Path) -> None:
    with pytest.raises(PolicyRefused, match="mine has run with other settings"), open_verifier(path, "sho"):
        pass
    with closing(sqlite3.connect(path)) as database:
        database.execute("ALTER TABLE fills ADD COLUMN more TEXT")
    with pytest.raises(PolicyRefused, match=r"mine\.db was written by another version"), open_verifier(path, "sha"):
        pass
    path.write_bytes(b"no database, but long enough to be looked at" * 99)
    with pytest.raises(RunFailed, match=r"mine\.db cannot be read: .*--fresh"), open_verifier(path, "sha"):
        pass


def test_what_is_set_aside_can_still_be_read(path: Path) -> None:
    aside = archive_state(path)
    assert aside is not None
    assert aside.parent == path.parent / "past"
    assert not list(path.parent.glob("mine.db*"))
    with open_state_file(aside) as database:
        assert tuple(database.execute("SELECT * FROM fills").fetchone()) == FILL
    assert archive_state(path) is None
