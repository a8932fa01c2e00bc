# file: tests/core/market/catalog/testtransaction.py
from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.market.catalog.transaction import Transaction, recover, transaction

OLD = {"data/a": "old a", "data/b": "old b"}
NEW = {"data/b": "new b", "data/deep/c": "new c"}

DYING = """
import os, signal, sys
from pathlib import Path
from tests.core.market.catalog import testtransaction as case
root, left = Path(sys.argv[1]), int(sys.argv[2])
def dying(name):
    real = getattr(Path, name)
    def call(*args, **kwargs):
        global left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return real(*args, **kwargs)
    setattr(Path, name, call)
for name in ("replace", "unlink", "rmdir", "write_text"):
    dying(name)
case.change(root)
"""
"""Die at the n-th change of the disk: after none of them, after all of them and at every one between."""


def build(root: Path) -> None:
    for name, text in OLD.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def plan(planned: Transaction) -> None:
    for name, text in NEW.items():
        staged = planned.new_file()
        staged.write_text(text)
        planned.move(staged, Path(name))
    planned.remove(Path("data/a"))
    planned.remove(Path("data/b"))


def change(root: Path) -> None:
    with transaction(root) as planned:
        plan(planned)


def state(root: Path) -> dict[str, str]:
    found = {path.relative_to(root).as_posix(): path for path in (root / "data").rglob("*") if path.is_file()}
    return {name: path.read_text() for name, path in found.items()}


def leftovers(root: Path) -> list[str]:
    return [path.name for path in (root / ".staging").iterdir() if path.name != "lock"]


def test_all_that_was_planned_happens_and_nothing_is_left(tmp_path: Path) -> None:
    build(tmp_path)
    change(tmp_path)
    assert (state(tmp_path), leftovers(tmp_path)) == (NEW, [])


def test_an_error_inside_changes_nothing(tmp_path: Path) -> None:
    build(tmp_path)

    def broken() -> None:
        with transaction(tmp_path) as planned:
            plan(planned)
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="disk is full"):
        broken()
    assert (state(tmp_path), leftovers(tmp_path)) == (OLD, [])


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    with transaction(tmp_path), pytest.raises(BadInput, match=f"{tmp_path} is being written by another process"):
        change(tmp_path)
    change(tmp_path)


def test_reading_beside_a_writer_does_not_touch_its_files(tmp_path: Path) -> None:
    build(tmp_path)
    with transaction(tmp_path) as planned:
        plan(planned)
        (planned.folder / "journal.json").write_text("{}")
        recover(tmp_path)
        assert state(tmp_path) == OLD
        assert planned.folder.is_dir()


@pytest.mark.parametrize("step", range(10))
def test_a_killed_process_leaves_the_old_state_or_the_new(tmp_path: Path, step: int) -> None:
    build(tmp_path)
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run([sys.executable, "-c", DYING, str(tmp_path), str(step)], cwd=root, check=False)
    assert done.returncode in (0, -signal.SIGKILL)
    recover(tmp_path)
    found = state(tmp_path)
    assert found in (OLD, NEW)
    assert done.returncode or found == NEW
    change(tmp_path)
    assert (state(tmp_path), leftovers(tmp_path)) == (NEW, [])


def test_what_a_killed_process_left_is_removed_at_the_next_write(tmp_path: Path) -> None:
    (tmp_path / ".staging" / "0123").mkdir(parents=True)
    (tmp_path / ".staging" / "0123" / "half.parquet").touch()
    change(tmp_path)
    assert leftovers(tmp_path) == []
