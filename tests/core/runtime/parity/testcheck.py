# file: tests/core/runtime/parity/testcheck.py
from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.core.runtime.paperrun import told
from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tests.learning.modelfixture import Studio, heeding, recipe
from tests.proofs.killrun import lived
from tradingbot.core.errors import ConfigError, PolicyRefused, RunFailed
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint
from tradingbot.core.runtime.checkpoint.store import CheckpointStore, checkpoint_key, fingerprint
from tradingbot.core.runtime.market import open_planned_market, plan
from tradingbot.core.runtime.parity import check
from tradingbot.core.runtime.parity.check import ParityResult, check_node_parity, read_node
from tradingbot.core.runtime.parity.comparison import Cause
from tradingbot.core.runtime.statefile import StateFile

COIN, STEP = "BTCUSDT-LINEAR.BYBIT", Step.parse("1h")
BARS, DAYS = 80, ("2025-01-06", "2025-01-07", "2025-01-08", "2025-01-09")
CLOSES = 40_000 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 3e-3, BARS + 1)))
MISSED = 24
"""The bar that closes at the first midnight."""


def cues() -> list[dict[str, Any]]:
    """Enter, move the stop and leave all the time, also at midnight."""
    found: list[dict[str, Any]] = []
    for bar in range(4, BARS - 5, 10):
        side = "long" if bar % 20 < 10 else "short"
        found += [
            {"bar": bar, "do": side, "stop": 0.02, "target": 0.2},
            {"bar": bar + 2, "do": "tighten", "stop": 0.01},
            {"bar": bar + 6, "do": "leave"},
        ]
    return found


def config(stage: Stage, *more: dict[str, Any], **fields: Any) -> Path:
    spec = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": [*cues(), *more]}}
    least = {"lane": "cryptofutures", "instruments": [COIN], "bar": "1h", "equity": "10000 USDT", "strategies": [spec]}
    return stage.config(**(least | fields))


def staged(home: Path, missed: int = 0) -> Stage:
    stage = Stage(home)
    bars = bars_along(CLOSES, STEP, volume=3_000.0)
    stage.bars(COIN, STEP, bars.take(np.arange(1, BARS + 1) != missed))
    return stage


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a node that has run, not to be written in."""
    home = tmp_path_factory.mktemp("home")
    told(config(staged(home)), home, "max", "alone")
    return home


@pytest.fixture
def state(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the state file of a node that has run."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(run))
    shutil.copytree(run / "state" / "keys", tmp_path / "keys")
    return Path(shutil.copy(run / "state" / "play.db", tmp_path))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def changed(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement
        database.commit()


def checked(path: Path, day: str = "") -> ParityResult:
    return check_node_parity(read_node(path, day))


def causes(path: Path, day: str = "") -> list[Cause]:
    return [item.cause for item in checked(path, day).differences]


def test_a_node_of_bars_is_equal_to_its_backtest(state: Path) -> None:
    found = checked(state)
    assert (found.differences, found.by_cause, found.bars) == ([], {}, 0)
    assert found.intents >= 7
    assert found.orders > 2 * found.intents
    assert found.fills >= 2 * found.intents - 1


def test_its_days_are_equal_too_and_together_they_are_all_of_it(state: Path) -> None:
    whole, days = checked(state), [checked(state, day) for day in DAYS]
    assert [day.differences for day in days] == [[]] * len(DAYS)
    assert [day.span.day for day in days] == list(DAYS)
    assert min(day.intents for day in days) > 0
    assert sum(day.intents for day in days) == whole.intents
    assert sum(day.fills for day in days) == whole.fills
    # An order that lives over midnight is one of both days.
    assert sum(day.orders for day in days) > whole.orders
    assert checked(state, "last").span.day == DAYS[-2]


def test_a_day_goes_on_from_its_morning_and_ends_in_the_state_of_its_evening(state: Path) -> None:
    days = [checked(state, day) for day in DAYS]
    assert [day.began for day in days] == [0, *(MONDAY + number * 24 * HOUR for number in (1, 2, 3))]
    # What one ends in is what the next begins with: so they prove each other.
    assert [day.span.evening for day in days] == [*(day.began for day in days[1:]), 0]
    assert [day.parts > 8 for day in days] == [True, True, True, False]
    assert [day.notes for day in days] == [[]] * len(DAYS)


def store_of(path: Path) -> CheckpointStore:
    node = read_node(path)
    planned = plan(node.config, node.settings)
    fits = fingerprint(planned, open_planned_market(planned)[0])
    return CheckpointStore(path, checkpoint_key(path.parent), fits)


def put(path: Path, changed: Checkpoint) -> None:
    """Keep another checkpoint in place of one, signed as the node does."""
    with closing(StateFile(path)) as file:
        file.write(store_of(path).rows(changed, {}, {}))


def evening(path: Path, day: int) -> Checkpoint:
    found = store_of(path).at(MONDAY + (day + 1) * 24 * HOUR)
    assert isinstance(found, Checkpoint)
    return found


def test_a_state_that_the_backtest_does_not_come_to_is_a_difference(state: Path) -> None:
    was = evening(state, 1)
    put(state, replace(was, balance=was.balance + 1, start=was.start + 1, state=evening(state, 0).state))
    found = checked(state, DAYS[1])
    assert set(found.by_cause) == {"state"}
    told = {item.what: item.sides for item in found.differences}
    assert told["account.balance"] == (f"has {was.balance + 1}", f"has {was.balance}")
    assert "recorder.intents" in told
    assert any(what.startswith("Puppet-000.own.bars") for what in told)
    assert checked(state, DAYS[0]).differences == []


FORGED = f"UPDATE checkpoints SET state = zeroblob(9) WHERE close = {MONDAY + 48 * HOUR}"


def test_a_forged_checkpoint_is_named_and_the_one_before_it_is_used(state: Path) -> None:
    changed(state, FORGED)
    for day, began, parts in ((DAYS[1], MONDAY + 24 * HOUR, False), (DAYS[2], MONDAY + 24 * HOUR, True)):
        found = checked(state, day)
        (item,) = found.differences
        assert (item.cause, item.what, item.ts) == (Cause.STATE, "checkpoint", MONDAY + 48 * HOUR)
        assert "it was not signed with this home's key" in item.sentence
        assert (found.began, found.parts > 0) == (began, parts)


def test_a_checkpoint_that_counts_more_than_there_is_on_record_is_named(state: Path) -> None:
    changed(state, f"DELETE FROM orders WHERE ts > {MONDAY + 40 * HOUR}")
    sentences = [item.sentence for item in checked(state, DAYS[2]).differences]
    assert any("orders, it counts" in sentence for sentence in sentences)


def test_a_checkpoint_that_does_not_come_back_is_named_and_the_one_before_it_is_used(state: Path) -> None:
    was = evening(state, 0)
    (held,) = was.held.positions
    put(state, replace(was, held=replace(was.held, positions=(replace(held, average=1.0),))))
    found = checked(state, DAYS[1])
    assert (found.began, found.parts > 8) == (0, True)
    (item,) = found.differences
    assert (item.cause, item.what) == (Cause.STATE, "checkpoint")


def test_checkpoints_of_another_program_are_told_and_passed_over(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fingerprint
    monkeypatch.setattr(check, "fingerprint", lambda *what: real(*what) | {"code": "another"})
    found = checked(state, DAYS[1])
    assert (found.differences, found.began, found.parts) == ([], 0, 0)
    assert len(found.notes) == 2
    assert "is not used: its code was" in found.notes[0]
    assert "allowed is another" in found.notes[0]


def test_a_node_on_its_way_is_compared_up_to_its_last_bar_and_not_at_it(state: Path) -> None:
    changed(state, "UPDATE heartbeat SET state = 'running'")
    for bars in range(BARS, 0, -7):
        changed(state, f"DELETE FROM bars WHERE ts > {MONDAY + bars * HOUR}") if bars < BARS else None
        found = checked(state)
        assert (found.differences, found.span.until) == ([], MONDAY + bars * HOUR)
    assert found.intents == 0


def test_a_file_that_is_being_written_is_read_as_it_was_at_one_moment(state: Path) -> None:
    with closing(StateFile(state)) as file:
        node = read_node(state)
        file.write([("fills", [(10_000, MONDAY, "O1", "Puppet-000", COIN, "1", "1", None)])])
    assert check_node_parity(node).differences == []
    assert causes(state) == [Cause.POLICY]


TAMPERED = [
    ("UPDATE fills SET price = '39000.0' WHERE number = 1", Cause.PRICE),
    ("UPDATE fills SET quantity = '0.001' WHERE number = 1", Cause.SIZE),
    ("UPDATE fills SET ts = ts + 1000000000 WHERE number = 1", Cause.TIMING),
    ("DELETE FROM fills WHERE number = 1", Cause.POLICY),
    ("UPDATE decisions SET verdict = 'refused', rule = 'exposure_cap' WHERE number = 1", Cause.POLICY),
    ("UPDATE decisions SET stop = '38000' WHERE number = 1", Cause.PRICE),
    ("UPDATE decisions SET target = '90000' WHERE number = 1", Cause.PRICE),
    ("UPDATE decisions SET quantity = '7' WHERE number = 1", Cause.SIZE),
    ("UPDATE decisions SET time = '2025-01-06T05:00:00Z' WHERE number = 1", Cause.TIMING),
    ("DELETE FROM decisions WHERE number = 1", Cause.POLICY),
    ("UPDATE orders SET price = '39000.0' WHERE number = (SELECT min(number) FROM orders WHERE event = 'OrderUpdated')",
     Cause.PRICE),
    ("UPDATE orders SET quantity = '7' WHERE number = (SELECT min(number) FROM orders WHERE event = 'OrderUpdated')",
     Cause.SIZE),
    ("UPDATE orders SET ts = ts + 1 WHERE number = (SELECT min(number) FROM orders WHERE event = 'OrderCanceled')",
     Cause.TIMING),
    ("DELETE FROM orders WHERE number = (SELECT min(number) FROM orders WHERE event = 'OrderCanceled')", Cause.POLICY),
    ("UPDATE orders SET reason = 'why' WHERE number = (SELECT min(number) FROM orders WHERE event = 'OrderCanceled')",
     Cause.POLICY),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "cause"), TAMPERED)
def test_whatever_the_node_did_otherwise_is_found_with_its_cause(state: Path, statement: str, cause: Cause) -> None:
    changed(state, statement)
    found = causes(state)
    # Without its intent an entry is an order that nobody wanted, which is a difference of its own.
    assert found == ([cause] * 2 if statement.startswith("DELETE FROM decisions") else [cause])
    assert causes(state, "last") == []


def test_what_lies_in_a_bar_that_the_node_never_saw_is_missing_data(state: Path) -> None:
    changed(state, "DELETE FROM fills WHERE number = 1", f"DELETE FROM bars WHERE ts = {MONDAY + 4 * HOUR}")
    found = checked(state)
    assert ([item.cause for item in found.differences], found.bars) == ([Cause.DATA], 1)


def test_a_bar_that_made_nobody_do_otherwise_is_told_and_no_difference(state: Path) -> None:
    changed(state, f"DELETE FROM bars WHERE ts = {MONDAY + 3 * HOUR}")
    assert (checked(state).bars, checked(state).differences) == (1, [])
    assert (checked(state, DAYS[0]).bars, checked(state, DAYS[1]).bars) == (1, 0)


def test_a_bar_that_came_after_the_node_had_run_is_missing_data(home: Path) -> None:
    stage = staged(home, MISSED)
    told(config(stage), home, "max", "alone")
    assert causes(home / "state" / "play.db") == []
    stage.bars(COIN, STEP, bars_along(CLOSES, STEP, volume=3_000.0))
    found = checked(home / "state" / "play.db", DAYS[0])
    assert found.bars == 1
    first = min(found.differences, key=lambda item: item.ts)
    assert (first.cause, first.ts) == (Cause.DATA, MONDAY + 24 * HOUR)
    # The evening's state says how far it reaches; the next day goes on from what the node had.
    assert set(found.by_cause) == {Cause.DATA, Cause.STATE}
    assert "tape._strips" in " ".join(item.what for item in found.differences)
    assert checked(home / "state" / "play.db", DAYS[1]).differences == []


def test_drills_are_of_both_hosts(home: Path) -> None:
    events = [
        {"at": "2025-01-06T10:30:00Z", "kill": "cryptofutures", "reason": "drill"},
        {"at": "2025-01-07T12:00:00Z", "resume": "cryptofutures", "operator": "ann", "reason": "looked"},
        {"at": "2025-01-08T06:00:00Z", "gap": "3h", "instruments": [COIN]},
    ]
    told(config(staged(home), events=events), home, "max", "alone")
    found = checked(home / "state" / "play.db")
    assert (found.differences, found.bars) == ([], 0)


def test_a_node_whose_strategy_failed_is_compared_up_to_then(home: Path) -> None:
    answer = told(config(staged(home), {"bar": 33, "do": "fail"}), home, "max", "alone")
    assert answer["error"] == "StrategyFailed"
    found = checked(home / "state" / "play.db")
    assert (found.differences, found.span.until) == ([], MONDAY + 32 * HOUR)
    assert found.fills > 4


def test_a_node_that_was_killed_outright_is_compared_as_far_as_it_came(home: Path) -> None:
    assert lived(config(staged(home)), home, "engine fill", 9) < 0
    found = checked(home / "state" / "play.db")
    assert found.differences == []
    assert 4 < found.fills < 9


def days_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT DISTINCT date((ts - 1) / 1000000000, 'unixepoch') FROM bars ORDER BY 1"
        return [day for (day,) in database.execute(query)]


def test_a_node_that_follows_a_model_is_equal_too(home: Path) -> None:
    studio = Studio(home)
    studio.walk()
    model = studio.keep(heeding(studio.taught(recipe())))
    studio.plan(models=[{"path": str(model)}])
    told(studio.home / "studio.json", home, "max", "alone")
    (path,) = (home / "state").glob("*.db")
    days = [checked(path, day) for day in days_of(path)]
    assert [day.differences for day in days] == [[]] * len(days)
    assert [day.parts > 10 for day in days].count(True) > 3
    assert checked(path).fills > 10


@pytest.fixture
def rewritten(run: Path, state: Path) -> Iterator[Path]:
    """The config, which may be written: it is as it was afterwards."""
    path = run / "play.json"
    was = path.read_text(encoding="utf-8")
    yield path
    path.write_text(was, encoding="utf-8")


def test_another_config_than_the_node_ran_is_refused(state: Path, rewritten: Path) -> None:
    fields = json.loads(rewritten.read_text(encoding="utf-8"))
    rewritten.write_text(json.dumps(fields | {"seed": 99}), encoding="utf-8")
    with pytest.raises(PolicyRefused, match="play: its config was changed since it ran"):
        checked(state)


def test_without_its_config_it_says_so(state: Path, rewritten: Path) -> None:
    rewritten.unlink()
    with pytest.raises(ConfigError, match=r"play\.json"):
        checked(state)


def test_a_file_without_a_run_is_refused(tmp_path: Path) -> None:
    StateFile(tmp_path / "new.db").close()
    with pytest.raises(RunFailed, match=r"new\.db holds no run yet"):
        read_node(tmp_path / "new.db")


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE fills SET price = 'cheap' WHERE number = 1", "ConversionSyntax"),
        ("UPDATE node SET command = 'tradingbot'", "not enough values"),
        ("UPDATE decisions SET time = 'noon' WHERE number = 1", "noon"),
        ("DROP TABLE orders", "no such table"),
    ],
)
def test_a_damaged_file_is_told(state: Path, statement: str, why: str) -> None:
    with closing(sqlite3.connect(state)) as database:
        database.execute(statement)
        database.commit()
    with pytest.raises(RunFailed, match=rf"play\.db cannot be read: .*{why}"):
        read_node(state)
