# file: tests/core/registry/teststore.py
from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.registry.samples import change
from tradingbot.core.errors import BadInput, LedgerTampered, PolicyRefused, RunFailed
from tradingbot.core.registry.states import ALLOWED, Change, State
from tradingbot.core.registry.store import LAYOUT, Registry, record_outcome
from tradingbot.core.storage.hashchain import GENESIS, digest_of

ROWS = [change(state) for state in (State.CANDIDATE, State.VALIDATED, State.PROMOTED)] + [
    change(State.CANDIDATE, candidate="trend-2"),
    change(State.DEMOTED, why="drawdown of 9 %"),
]
SCHEMA = LAYOUT.schema
TRIGGERS = [name for name in SCHEMA if name != "changes"]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "state" / "registry.db")


@pytest.fixture
def full(registry: Registry) -> Registry:
    for row in ROWS:
        registry.record(row)
    return registry


def force(registry: Registry, statements: Sequence[str], guarded: bool = True) -> None:
    """Do what somebody with the file and SQLite can do: take the triggers away, change rows, put them back."""
    with closing(sqlite3.connect(registry.path)) as file, file:
        for name in TRIGGERS if guarded else ():
            file.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            file.execute(statement)
        for name in TRIGGERS if guarded else ():
            file.execute(SCHEMA[name])


def test_a_registry_that_is_not_there_is_empty_and_is_not_made_by_looking(registry: Registry) -> None:
    assert (registry.current(), registry.history("trend-1"), registry.verify()) == ([], [], GENESIS)
    assert not registry.path.parent.exists()


def test_what_was_recorded_is_read_by_another_process_as_it_was(full: Registry) -> None:
    other = Registry(full.path)
    assert other.history("trend-1") == [ROWS[0], ROWS[1], ROWS[2], ROWS[4]]
    assert other.current() == [ROWS[4], ROWS[3]]
    assert {(type(row), type(row.state)) for row in other.current()} == {(Change, State)}


def test_the_digest_of_the_last_row_is_the_chain_s(full: Registry) -> None:
    expected = GENESIS
    for number, row in enumerate(ROWS, 1):
        expected = digest_of(None, expected, [number, *astuple(row)])
    assert full.verify() == expected
    assert full.record(change(State.RETIRED)) == full.verify() != expected


def test_a_refused_change_leaves_no_row_and_says_what_is_allowed(full: Registry) -> None:
    before = full.verify()
    sentence = "^trend-1 is demoted and cannot become promoted, allowed is validated or retired$"
    with pytest.raises(PolicyRefused, match=sentence):
        full.record(change(State.PROMOTED))
    with pytest.raises(BadInput):
        full.record(change(State.VALIDATED, certificate="{}"))
    assert full.verify() == before


def test_a_first_row_that_is_refused_leaves_an_empty_registry(registry: Registry) -> None:
    sentence = "is not in the registry and cannot become validated, allowed is candidate$"
    with pytest.raises(PolicyRefused, match=sentence):
        registry.record(change(State.VALIDATED))
    assert registry.current() == []
    registry.record(ROWS[0])
    assert registry.current() == [ROWS[0]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.sampled_from(State), max_size=8))
def test_any_course_of_states_is_recorded_up_to_what_the_table_refuses(tmp_path: Path, course: list[State]) -> None:
    registry = Registry(tmp_path / "registry.db")
    registry.path.unlink(missing_ok=True)
    taken: list[State] = []
    for state in course:
        if state in ALLOWED[taken[-1] if taken else None]:
            registry.record(change(state))
            taken.append(state)
        else:
            with pytest.raises(PolicyRefused):
                registry.record(change(state))
    assert [row.state for row in registry.history("trend-1")] == taken


def test_processes_that_record_at_once_wait_for_each_other(registry: Registry) -> None:
    names = [f"trend-{number}" for number in range(12)]

    def record(name: str) -> str:
        return Registry(registry.path).record(change(State.CANDIDATE, candidate=name))

    with ThreadPoolExecutor(4) as pool:
        digests = set(pool.map(record, names))
    assert len(digests) == len(names)
    assert sorted(row.candidate for row in registry.current()) == sorted(names)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE changes SET who = 'eve' WHERE number = 2", "cannot be changed"),
        ("DELETE FROM changes", "cannot be deleted"),
        ("DELETE FROM changes WHERE number = 5", "cannot be deleted"),
        ("INSERT OR REPLACE INTO changes SELECT * FROM changes WHERE number = 2", "only be added at the end"),
        ("REPLACE INTO changes SELECT * FROM changes WHERE number = 5", "only be added at the end"),
        ("INSERT INTO changes SELECT 9, candidate, state, who, why, when_ns, certificate, strategy, lane, digest "
         "FROM changes WHERE number = 5", "only be added at the end"),
    ],
)  # fmt: skip
def test_the_file_itself_refuses_to_change_or_lose_a_row(full: Registry, statement: str, sentence: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=sentence):
        force(full, [statement], guarded=False)
    assert full.current() == [ROWS[4], ROWS[3]]


@pytest.mark.parametrize("column", LAYOUT.names)
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_cell_is_found_in_its_row(full: Registry, column: str, number: int) -> None:
    value = "42" if column in ("number", "when_ns") else f"{column} || 'x'"
    force(full, [f"UPDATE changes SET {column} = {value} WHERE number = {number}"])
    row = f"row {number} is (not what was written|missing)"
    for look in (full.verify, full.current, lambda: full.history("trend-2"), lambda: full.record(ROWS[3])):
        with pytest.raises(LedgerTampered, match=f"{full.path}: {row}"):
            look()


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["DELETE FROM changes WHERE number = 1"], "row 1 is missing, the next one was 2"),
        (["DELETE FROM changes WHERE number = 3"], "row 3 is missing, the next one was 4"),
        (["DELETE FROM changes WHERE number = 5"], "5 rows were written and 4 are there"),
        (["DELETE FROM changes"], "5 rows were written and 0 are there"),
        (["DELETE FROM changes WHERE number = 3", "UPDATE changes SET number = number - 1 WHERE number > 3"],
         "row 3 is not what was written"),
        (["UPDATE changes SET number = 9 WHERE number = 1", "UPDATE changes SET number = 1 WHERE number = 4",
          "UPDATE changes SET number = 4 WHERE number = 9"], "row 1 is not what was written"),
        (["INSERT INTO changes SELECT 6, 'trend-3', state, who, why, when_ns, certificate, strategy, lane, digest "
          "FROM changes WHERE number = 4"], "row 6 is not what was written"),
        (["UPDATE sqlite_sequence SET seq = 7"], "7 rows were written and 5 are there"),
        (["DELETE FROM sqlite_sequence"], "0 rows were written and 5 are there"),
    ],
    ids=["first", "middle", "last", "all", "renumbered", "swapped", "added", "counted up", "uncounted"],
)  # fmt: skip
def test_rows_cut_swapped_or_slipped_in_are_found(full: Registry, statements: list[str], sentence: str) -> None:
    force(full, statements)
    with pytest.raises(LedgerTampered, match=sentence):
        full.verify()


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        *((f"DROP TRIGGER {name}", name) for name in TRIGGERS),
        ("CREATE TABLE more (x)", "more"),
        ("DROP TABLE changes", "changes, nodelete, noreplace, noupdate"),
    ],
)
def test_a_changed_schema_is_found(full: Registry, statement: str, names: str) -> None:
    force(full, [statement], guarded=False)
    for look in (full.verify, full.current, lambda: full.record(ROWS[3])):
        with pytest.raises(LedgerTampered, match=f"{names} was changed, added or removed$"):
            look()


def test_a_forged_chain_that_no_rule_would_let_in_is_found(registry: Registry) -> None:
    registry.record(ROWS[0])
    forged = change(State.PROMOTED)
    digest = digest_of(None, registry.verify(), [2, *astuple(forged)])
    values = ("trend-1", "promoted", "ann", "why", forged.when_ns, forged.certificate, forged.strategy, "forex", digest)
    with closing(sqlite3.connect(registry.path)) as file, file:
        file.execute(f"INSERT INTO changes VALUES (2{', ?' * len(values)})", values)
    sentence = "row 2 could not have been written: trend-1 is candidate and cannot become promoted"
    with pytest.raises(LedgerTampered, match=sentence):
        registry.current()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.data())
def test_a_byte_changed_in_the_file_is_found_or_changes_nothing(full: Registry, data: st.DataObject) -> None:
    whole = full.path.read_bytes()
    known = full.current()
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 255))
    copy = Registry(full.path.with_name("copy.db"))
    copy.path.write_bytes(changed)
    try:
        assert copy.current() == known
    except (LedgerTampered, RunFailed) as error:
        assert str(copy.path) in str(error)  # noqa: PT017 - either is right


@pytest.mark.parametrize("text", [b"not a database" * 100, b"\0" * 8192])
def test_a_file_that_is_no_registry_is_refused(registry: Registry, text: bytes) -> None:
    registry.path.parent.mkdir()
    registry.path.write_bytes(text)
    for look in (registry.current, lambda: registry.record(ROWS[0])):
        with pytest.raises(LedgerTampered, match="is not the registry that was written"):
            look()
    assert registry.path.read_bytes() == text


def test_a_registry_of_another_program_is_refused(registry: Registry) -> None:
    registry.path.parent.mkdir()
    with closing(sqlite3.connect(registry.path)) as file, file:
        file.execute("CREATE TABLE other (x)")
    with pytest.raises(LedgerTampered, match=r"was changed, added or removed$"):
        registry.record(ROWS[0])


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("", encoding="utf-8")
    registry = Registry(tmp_path / "state" / "registry.db")
    with pytest.raises(RunFailed, match=f"^the registry {registry.path} could not be used: "):
        registry.record(ROWS[0])


def test_another_process_that_never_lets_go_is_told(full: Registry) -> None:
    with closing(sqlite3.connect(full.path, isolation_level=None)) as file:
        file.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RunFailed, match=r"could not be used: database is locked$"):
            Registry(full.path, patience_s=0.0).record(change(State.RETIRED))
    assert full.current()[0] == ROWS[4]


CANDIDATE, VALIDATED, PROMOTED, DEMOTED, RETIRED = State
COURSE = [CANDIDATE, VALIDATED, PROMOTED, DEMOTED]
WAYS: dict[State | None, list[State]] = {
    None: [], **{state: COURSE[: place + 1] for place, state in enumerate(COURSE)}, RETIRED: [CANDIDATE, RETIRED],
}  # fmt: skip


def brought_to(tmp_path: Path, state: State | None) -> Registry:
    registry = Registry(tmp_path / "registry.db")
    for step in WAYS[state]:
        registry.record(change(step))
    return registry


@pytest.mark.parametrize("was", [state for state in WAYS if state is not RETIRED])
def test_a_pass_validates_whatever_was(tmp_path: Path, was: State | None) -> None:
    registry = brought_to(tmp_path, was)
    assert record_outcome(registry, change(VALIDATED, why="passed")) is VALIDATED
    states = [row.state for row in registry.history("trend-1")]
    assert states == [*WAYS[was], *([CANDIDATE] if was is None else []), VALIDATED]
    assert registry.current()[0].why == "passed"


def test_a_pass_of_a_retired_candidate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyRefused, match=r"^trend-1 is retired and cannot become validated"):
        record_outcome(brought_to(tmp_path, RETIRED), change(VALIDATED))


@pytest.mark.parametrize(
    ("was", "now", "rows"),
    [
        *((None, CANDIDATE, 1), (CANDIDATE, CANDIDATE, 0), (VALIDATED, CANDIDATE, 1), (PROMOTED, DEMOTED, 1)),
        *((DEMOTED, DEMOTED, 0), (RETIRED, RETIRED, 0)),
    ],
)
def test_what_does_not_pass_loses_what_it_had(tmp_path: Path, was: State | None, now: State, rows: int) -> None:
    registry = brought_to(tmp_path, was)
    assert record_outcome(registry, change(CANDIDATE)) is now
    assert [row.state for row in registry.history("trend-1")] == WAYS[was] + [now] * rows
