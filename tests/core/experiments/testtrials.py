# file: tests/core/experiments/testtrials.py
from __future__ import annotations

import json
import multiprocessing
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput, LedgerTampered
from tradingbot.core.experiments.trials import Trial, TrialLedger, distinct

DAY = 86_400_000_000_000


def trial(number: int = 1, **fields: Any) -> Trial:
    made = Trial(
        who="ann",
        purpose="backtest",
        label=f"run {number}",
        lane="cryptofutures",
        strategy="strategies.trendfollow:TrendFollow",
        instruments=("BTCUSDT-LINEAR.BYBIT",),
        assets=("BTC",),
        bar="5m",
        start=0,
        end=100 * DAY,
        config_sha256=f"{number:064x}",
        code_sha256="c" * 64,
        data_sha256="d" * 64,
        trades=7,
        days=np.arange(1, 4, dtype=np.int64) * DAY,
        returns=np.array([0.01, -0.02, number / 1000], dtype=np.float32),
    )
    return replace(made, **fields)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "state"
    for number in range(1, 6):
        TrialLedger(folder / "trials.db").record(trial(number), number * 1_000)
    return folder


@pytest.fixture
def ledger(written: Path, tmp_path: Path) -> TrialLedger:
    shutil.copytree(written, tmp_path / "state")
    return TrialLedger(tmp_path / "state" / "trials.db")


def told(ledger: TrialLedger) -> str:
    with pytest.raises(LedgerTampered) as refused:
        ledger.verify()
    return str(refused.value)


def test_a_new_ledger_is_empty_and_makes_no_file(tmp_path: Path) -> None:
    made = TrialLedger(tmp_path / "trials.db")
    assert (made.rows(), made.verify()) == ([], "0" * 64)
    assert not list(tmp_path.iterdir())


def test_what_was_recorded_comes_back_to_the_byte(ledger: TrialLedger) -> None:
    rows = ledger.rows()
    assert [(row.number, row.recorded_ns) for row in rows] == [(number, 1_000 * number) for number in range(1, 6)]
    second = rows[1].trial
    assert second.returns.dtype == np.float32
    assert np.array_equal(second.returns, trial(2).returns)
    assert np.array_equal(second.days, trial(2).days)
    assert (second.who, second.assets, second.identity) == ("ann", ("BTC",), trial(2).identity)
    assert ledger.verify() == rows[-1].digest


@settings(max_examples=25, deadline=None)
@given(
    who=st.text(max_size=20),
    values=st.lists(st.floats(-1, 1, width=32), max_size=20),
    assets=st.lists(st.text(max_size=5), max_size=3),
)
def test_any_text_and_any_returns_survive(
    tmp_path_factory: pytest.TempPathFactory, who: str, values: list[float], assets: list[str]
) -> None:
    made = TrialLedger(tmp_path_factory.mktemp("ledger") / "trials.db")
    days = np.arange(len(values), dtype=np.int64) * DAY
    made.record(trial(who=who, returns=np.array(values, np.float32), days=days, assets=tuple(assets)), 1)
    (row,) = made.rows()
    assert (row.trial.who, row.trial.assets, row.trial.returns.tolist()) == (who, tuple(assets), values)


@pytest.mark.parametrize(
    "fields",
    [
        {"days": np.array([DAY], np.int64)},
        {"days": np.array([DAY, DAY, 2 * DAY], np.int64)},
        {"returns": np.array([0.1, np.nan, 0.1], np.float32)},
        {"returns": np.array([0.1, 1e300, 0.1])},
        {"days": np.array([0.1, 0.2, 0.3])},
    ],
)
def test_a_trial_that_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        trial(**fields)


def test_trials_are_found_by_asset_and_overlap_whatever_the_lane_bar_or_data(tmp_path: Path) -> None:
    made = TrialLedger(tmp_path / "trials.db")
    for other in (
        trial(1),
        trial(2, lane="cryptospot", instruments=("BTCUSDT-SPOT.BYBIT",), bar="1h", data_sha256="e" * 64),
        trial(3, assets=("ETH",)),
        trial(4, start=100 * DAY, end=200 * DAY),
        trial(5, assets=("ETH", "BTC"), start=99 * DAY, end=200 * DAY),
    ):
        made.record(other, 1)
    assert [row.number for row in made.touching(["BTC"], 0, 100 * DAY)] == [1, 2, 5]


def test_equal_runs_are_one_trial_and_other_data_another(tmp_path: Path) -> None:
    made = TrialLedger(tmp_path / "trials.db")
    for other in (trial(1), trial(2), trial(1, label="again", who="bob"), trial(1, data_sha256="e" * 64)):
        made.record(other, 1)
    assert [row.number for row in distinct(made.rows())] == [1, 2, 4]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trials SET who = 'bob' WHERE number = 2",
        "DELETE FROM trials WHERE number = 5",
        "INSERT OR REPLACE INTO trials SELECT 2, recorded_ns, who, purpose, label, lane, strategy, instruments, assets,"
        " bar, start_ns, end_ns, config_sha256, code_sha256, data_sha256, trades, days, returns, parent, digest"
        " FROM trials WHERE number = 3",
    ],
)
def test_plain_sql_cannot_change_a_row(ledger: TrialLedger, statement: str) -> None:
    with (
        closing(sqlite3.connect(ledger.path)) as file,
        pytest.raises(sqlite3.IntegrityError, match="a trial can"),
    ):
        file.execute(statement)
    assert len(ledger.rows()) == 5


def altered(ledger: TrialLedger, *statements: str) -> None:
    """Do what the triggers forbid and put them back."""
    with closing(sqlite3.connect(ledger.path)) as file, file:
        triggers = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        drops, makes = [f"DROP TRIGGER {name}" for name, _ in triggers], [sql for _, sql in triggers]
        for statement in (*drops, *statements, *makes):
            file.execute(statement)


COLUMNS = (
    "who", "purpose", "label", "lane", "strategy", "instruments", "assets", "bar", "config_sha256", "code_sha256",
    "data_sha256", "parent", "digest",
)  # fmt: skip


NUMBERS = ("recorded_ns", "start_ns", "end_ns", "trades")
REST = ", ".join([*(name for name in COLUMNS if name != "digest"), *NUMBERS, "days", "returns"])
SECOND, THIRD = "DELETE FROM trials WHERE number = 2", "trial 3 is not what was written"
ALTERED: dict[str, tuple[list[str], str]] = {
    **{name: ([f"UPDATE trials SET {name} = 'x' WHERE number = 3"], THIRD) for name in COLUMNS},
    **{name: ([f"UPDATE trials SET {name} = {name} + 1 WHERE number = 3"], THIRD) for name in NUMBERS},
    "days": (["UPDATE trials SET days = zeroblob(length(days)) WHERE number = 3"], THIRD),
    "returns": (["UPDATE trials SET returns = zeroblob(length(returns)) WHERE number = 3"], THIRD),
    "deleted": ([SECOND], "trial 2 is missing, the next one was 3"),
    "deleted, the gap closed": (
        [SECOND, *(f"UPDATE trials SET number = {number - 1} WHERE number = {number}" for number in (3, 4, 5))],
        "trial 2 is not what was written",
    ),
    "tail cut off": (["DELETE FROM trials WHERE number > 3"], "5 trials were written and 3 are there"),
    "tail cut off with the counter": (
        ["DELETE FROM trials WHERE number > 3", "UPDATE sqlite_sequence SET seq = 3"],
        "trial 4 is missing, it ends with 3 and trials.head tells of 5",
    ),
    "reordered": (
        [f"UPDATE trials SET number = {to} WHERE number = {number}" for number, to in ((2, 90), (3, 2), (90, 3))],
        "trial 2 is not what was written",
    ),
    "inserted": (
        [f"INSERT INTO trials (number, digest, {REST}) SELECT 6, digest, {REST} FROM trials WHERE number = 5"],
        "trial 6 is not what was written",
    ),
}


@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_row_is_found(ledger: TrialLedger, what: str) -> None:
    statements, sentence = ALTERED[what]
    altered(ledger, *statements)
    assert told(ledger).endswith(sentence)
    if "trials.head tells" in sentence:
        with pytest.raises(LedgerTampered, match=sentence):
            ledger.record(trial(6), 6)


def rewritten(path: Path) -> None:
    other = TrialLedger(path.parent / "other" / "trials.db")
    for number in range(11, 16):
        other.record(trial(number), 1)
    shutil.copy(other.path, path)


def marked(text: str) -> Callable[[Path], object]:
    return lambda path: path.with_suffix(".head").write_text(text, encoding="utf-8")


DONE: list[tuple[Callable[[Path], object], str]] = [
    (rewritten, "trial 5 is not the one that trials.head tells of"),
    (lambda path: path.with_suffix(".head").unlink(), "trials.head is gone, though trials.db has 5 trials"),
    (marked("{}"), "trials.head is not the head of the trial ledger any more"),
    (
        marked(json.dumps({"number": 9, "digest": "0" * 64})),
        "trial 6 is missing, it ends with 5 and trials.head tells of 9",
    ),
    (lambda path: path.write_bytes(b"not a database, " * 100), "file is not a database"),
    (lambda path: path.write_bytes(b""), "trials.db is empty, though trials.head beside it tells of 5 trials"),
    (Path.unlink, "trials.db is gone, though trials.head beside it tells of 5 trials"),
]


@pytest.mark.parametrize(("do", "sentence"), DONE)
def test_a_file_that_is_not_the_one_written_is_found(
    ledger: TrialLedger, do: Callable[[Path], object], sentence: str
) -> None:
    do(ledger.path)
    assert sentence in told(ledger)
    with pytest.raises(LedgerTampered):
        ledger.record(trial(6), 6)


@pytest.mark.parametrize(
    "statement",
    ["DROP TRIGGER noupdate", "DROP TRIGGER nodelete", "DROP TRIGGER noreplace", "CREATE TABLE more (x)",
     "ALTER TABLE trials ADD COLUMN more TEXT", "CREATE TRIGGER trials AFTER INSERT ON trials BEGIN SELECT 1; END",
     "PRAGMA user_version = 9"],
)  # fmt: skip
def test_a_changed_schema_or_version_is_found(ledger: TrialLedger, statement: str) -> None:
    with closing(sqlite3.connect(ledger.path)) as file:
        file.execute(statement)
    version = "its user_version was 9, allowed is 0"
    assert told(ledger).endswith(version if "version" in statement else "was changed, added or removed")
    with pytest.raises(LedgerTampered):
        ledger.record(trial(6), 6)


def test_a_crash_before_the_mark_was_written_is_no_tampering_and_hides_no_tail_that_was_cut_off(
    ledger: TrialLedger,
) -> None:
    before = ledger.head.read_text(encoding="utf-8")
    ledger.record(trial(6), 6)
    ledger.head.write_text(before, encoding="utf-8")
    assert len(ledger.rows()) == 6
    assert ledger.record(trial(7), 7).number == 7
    ledger.head.write_text(before, encoding="utf-8")
    altered(ledger, "DELETE FROM trials WHERE number = 7")
    with pytest.raises(LedgerTampered, match="7 trials were written and 6 are there"):
        ledger.record(trial(8), 8)


START = json.dumps({"number": 0, "digest": "0" * 64})


@pytest.mark.parametrize("file", [None, b""])
@pytest.mark.parametrize("mark", [None, START])
def test_a_crash_while_the_ledger_was_made_is_no_tampering(
    tmp_path: Path, file: bytes | None, mark: str | None
) -> None:
    made = TrialLedger(tmp_path / "trials.db")
    if file is not None:
        made.path.write_bytes(file)
    if mark is not None:
        made.head.write_text(mark, encoding="utf-8")
    assert made.rows() == []
    assert made.record(trial(1), 1).number == 1
    assert len(made.rows()) == 1


def test_the_very_first_row_may_miss_its_mark_only_where_an_empty_ledger_had_one(tmp_path: Path) -> None:
    made = TrialLedger(tmp_path / "trials.db")
    made.record(trial(1), 1)
    made.head.write_text(START, encoding="utf-8")
    assert len(made.rows()) == 1
    made.head.unlink()
    assert told(made).endswith("trials.head is gone, though trials.db has 1 trials")
    made.head.write_text(START, encoding="utf-8")
    assert made.record(trial(2), 2).number == 2


def test_a_text_that_is_no_unicode_is_refused_and_nothing_is_written(ledger: TrialLedger) -> None:
    with pytest.raises(BadInput, match="is not Unicode"):
        ledger.record(trial(6, label="\udc80"), 6)
    assert len(ledger.rows()) == 5


def test_numbers_of_numpy_are_written_as_numbers(ledger: TrialLedger) -> None:
    ledger.record(trial(6, trades=np.int64(9), start=np.int64(5)), int(np.int64(6)))
    assert (ledger.rows()[-1].trial.trades, ledger.rows()[-1].trial.start) == (9, 5)


def _record(path: Path, first: int) -> None:
    made = TrialLedger(path)
    for number in range(first, first + 10):
        made.record(trial(number), number)


def test_two_processes_write_one_chain_that_is_whole_at_every_look(tmp_path: Path) -> None:
    path = tmp_path / "trials.db"
    spawn = multiprocessing.get_context("spawn")
    both = [spawn.Process(target=_record, args=(path, first)) for first in (100, 200)]
    for process in both:
        process.start()
    while any(process.is_alive() for process in both):
        TrialLedger(path).rows()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    rows = TrialLedger(path).rows()
    assert [row.number for row in rows] == list(range(1, 21))
    assert len(distinct(rows)) == 20
    assert json.loads(TrialLedger(path).head.read_text(encoding="utf-8"))["number"] == 20
