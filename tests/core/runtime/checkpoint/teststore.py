# file: tests/core/runtime/checkpoint/teststore.py
from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.golden.catalogfixture import MONDAY
from tests.golden.sinemarket import waves
from tradingbot import backtest as door
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint
from tradingbot.core.runtime.checkpoint.holdings import Holdings
from tradingbot.core.runtime.checkpoint.store import CheckpointStore, checkpoint_key, fingerprint, kept_for_long
from tradingbot.core.runtime.market import open_planned_market
from tradingbot.core.runtime.statefile import StateFile
from tradingbot.core.time import DAY

KEY, FITS = b"k" * 32, {"settings": "a" * 64, "code": "c" * 64}
FILL = (1, 5, "O1", "Puppet-000", "COIN", "2", "100", "0.1 USDT")
MADE = [MONDAY + day * DAY for day in range(1, 5)]


class Gone:
    """Whatever the library has no more."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _gone, ()


def _gone() -> None:
    raise AttributeError("no attribute 'Gone' in this version")


def taken(close: int, **fields: Any) -> Checkpoint:
    """A checkpoint of an account that holds nothing."""
    empty = Checkpoint(close, close + 1, Decimal(9), Decimal(9), Holdings((), ()), (), b"")
    return replace(empty, **fields)


def keep(path: Path, close: int, store: CheckpointStore | None = None, rows: int = 1, **fields: Any) -> None:
    """Write a checkpoint that counts so many fills, and a trade for its history."""
    made = store or CheckpointStore(path, KEY, FITS)
    with closing(StateFile(path)) as file:
        file.write(made.rows(taken(close, **fields), {"trades": [close]}, {"fills": rows}))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state file with one fill and four checkpoints."""
    path = tmp_path / "mine.db"
    with closing(StateFile(path)) as file:
        file.write([("fills", [FILL])])
    for close in MADE:
        keep(path, close)
    return path


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute(statement).rowcount > 0


def test_the_last_one_is_found_and_the_last_until_a_close_and_that_of_a_close(path: Path) -> None:
    store = CheckpointStore(path, KEY, FITS)
    assert store.newest() == (taken(MADE[3]), [])
    assert store.newest(MADE[3] - 1) == (taken(MADE[2]), [])
    assert store.newest(MADE[0] - 1) == (None, [])
    assert store.at(MADE[1]) == taken(MADE[1])
    assert store.at(MADE[1] + 1) is None
    assert store.histories(MADE[1] + 1) == [{"trades": [close]} for close in MADE[:2]]


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    store = CheckpointStore(tmp_path / "mine.db", KEY, FITS)
    store.rewind(0)
    assert (store.newest(), store.at(5), store.histories(9)) == ((None, []), None, [])
    assert not list(tmp_path.iterdir())


CLASS = "of a class that is gone"

REFUSED = {
    "of another home": "it was not signed with this home's key",
    "tampered": "it was not signed with this home's key",
    "of another moment": "it was not signed with this home's key",
    "bound otherwise": "it was not signed with this home's key",
    "of other settings": "its settings was bbbbbbbbbbbbbbbb, allowed is aaaaaaaaaaaaaaaa",
    "of other code": "its code was dddddddddddddddd, allowed is cccccccccccccccc",
    "of more libraries": "its numba was 0.99, allowed is none",
    "ahead of the record": "the record has 1 fills, it counts 2",
    CLASS: "it cannot be read: no attribute 'Gone' in this version",
}


@pytest.mark.parametrize("harm", REFUSED)
def test_one_that_does_not_fit_is_refused_with_the_reason_and_the_one_before_is_found(path: Path, harm: str) -> None:
    last = f"WHERE ts = {MADE[3] + 1}"
    if harm == "of another home":
        keep(path, MADE[3], CheckpointStore(path, b"o" * 32, FITS))
    elif harm == "tampered":
        change(path, f"UPDATE checkpoints SET state = CAST(state || x'00' AS BLOB) {last}")
    elif harm == "of another moment":
        change(path, f"UPDATE checkpoints SET ts = ts + 1 {last}")
    elif harm == "bound otherwise":
        change(path, f"UPDATE checkpoints SET bound = replace(bound, 'aaaa', 'bbbb') {last}")
    elif harm == "of other settings":
        keep(path, MADE[3], CheckpointStore(path, KEY, FITS | {"settings": "b" * 64}))
    elif harm == "of other code":
        keep(path, MADE[3], CheckpointStore(path, KEY, FITS | {"code": "d" * 64}))
    elif harm == "of more libraries":
        keep(path, MADE[3], CheckpointStore(path, KEY, FITS | {"numba": "0.99"}))
    elif harm == "ahead of the record":
        keep(path, MADE[3], rows=2)
    else:
        keep(path, MADE[3], quotes=Gone())
    said = [f"the checkpoint of 2025-01-10T00:00:00Z is not used: {REFUSED[harm]}"]
    store = CheckpointStore(path, KEY, FITS)
    found, refused = store.newest()
    assert (found, list(map(str, refused))) == (taken(MADE[2]), said)
    if harm != "of another moment":
        assert store.at(MADE[3]) == refused[0]
    assert refused[0].altered == (harm not in ("of other settings", "of other code", "of more libraries", CLASS))


def test_where_none_fits_each_is_refused(path: Path) -> None:
    found, refused = CheckpointStore(path, KEY, FITS | {"code": "d" * 64}).newest()
    assert found is None
    assert [str(sentence).split()[3] for sentence in refused] == [
        "2025-01-10T00:00:00Z", "2025-01-09T00:00:00Z", "2025-01-08T00:00:00Z", "2025-01-07T00:00:00Z",
    ]  # fmt: skip


def test_what_is_made_again_is_forgotten(path: Path) -> None:
    store = CheckpointStore(path, KEY, FITS)
    store.rewind(MADE[1] + 1)
    assert store.newest() == (taken(MADE[1]), [])
    assert store.histories(2**62) == [{"trades": [close]} for close in MADE[:2]]


def test_a_history_that_is_not_ours_is_left_out(path: Path) -> None:
    change(path, f"UPDATE history SET state = x'00' WHERE ts = {MADE[1] + 1}")
    assert CheckpointStore(path, KEY, FITS).histories(MADE[2] + 1) == [{"trades": [MADE[0]]}, {"trades": [MADE[2]]}]


def test_those_of_the_last_days_and_of_first_midnights_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    first = MONDAY + 26 * DAY  # 1 February
    made = [MONDAY + number * DAY for number in range(45)]
    for close in made:
        keep(path, close, rows=0)
    with closing(sqlite3.connect(path)) as database:
        kept = [close for (close,) in database.execute("SELECT close FROM checkpoints ORDER BY ts")]
        grown = database.execute("SELECT count(*) FROM history").fetchone()[0]
    assert kept == [first, *made[-9:]] == [close for close in made if kept_for_long(close, made[-1])]
    assert grown == len(made)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = checkpoint_key(tmp_path)
    path = tmp_path / "keys" / "checkpoints"
    assert checkpoint_key(tmp_path) == key
    assert len(key) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(PolicyRefused, match="the key of the checkpoints"):
        checkpoint_key(tmp_path)
    path.unlink()
    assert checkpoint_key(tmp_path) != key


def test_the_fingerprint_is_of_settings_code_and_libraries(tmp_path: Path) -> None:
    stage, _cues, fields = waves("cryptofutures", tmp_path)

    def of(strategy: str, **more: Any) -> dict[str, str]:
        planned = door.plan(stage.config(**{**fields, "strategies": [{"path": strategy}], **more}))
        return fingerprint(planned, open_planned_market(planned)[0])

    one = of("tests.golden.scriptedstrategy:Puppet")
    other = of("tests.core.runtime.checkpoint.oddstrategies:Hoarder")
    assert {"settings", "code", "nautilus_trader", "numpy"} <= set(one)
    assert {name for name in one if one[name] != other[name]} == {"settings", "code"}
    later = of("tests.golden.scriptedstrategy:Puppet", seed=9)
    assert {name for name in one if one[name] != later[name]} == {"settings"}
