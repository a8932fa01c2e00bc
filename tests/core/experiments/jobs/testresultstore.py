# file: tests/core/experiments/jobs/testresultstore.py
from __future__ import annotations

import json
from pathlib import Path

import pytest

from tradingbot.core.experiments.jobs.resultstore import ResultStore


@pytest.fixture
def store(tmp_path: Path) -> ResultStore[dict[str, int]]:
    return ResultStore(tmp_path / "runs")


def _file(store: ResultStore[dict[str, int]]) -> Path:
    (only,) = store.folder.iterdir()
    return only


def test_what_is_kept_is_found_in_the_order_asked(store: ResultStore[dict[str, int]]) -> None:
    assert store.kept(["a/b: [1]"]) == {}
    assert not store.folder.exists()
    store.keep("a/b: [1]", {"x": 1})
    store.keep("second", {"x": 2})
    assert list(store.kept(["second", "absent", "a/b: [1]"]).items()) == [("second", {"x": 2}), ("a/b: [1]", {"x": 1})]
    store.keep("second", {"x": 3})
    assert store.kept(["second"]) == {"second": {"x": 3}}
    assert len(list(store.folder.iterdir())) == 2


def test_no_byte_can_change_or_go_missing_unseen(store: ResultStore[dict[str, int]]) -> None:
    store.keep("a", {"x": 1})
    file = _file(store)
    whole = file.read_bytes()
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert store.kept(["a"]) == {}
        file.write_bytes(whole[:at])
        assert store.kept(["a"]) == {}
    file.write_bytes(whole + b"\n")
    assert store.kept(["a"]) == {}
    file.write_bytes(whole)
    assert store.kept(["a"]) == {"a": {"x": 1}}


def test_a_result_under_another_key_is_not_taken(store: ResultStore[dict[str, int]], tmp_path: Path) -> None:
    store.keep("a", {"x": 1})
    moved = _file(store)
    store.keep("b", {"x": 2})
    other = next(file for file in store.folder.iterdir() if file != moved)
    moved.replace(other)
    assert store.kept(["a", "b"]) == {}
    # Nor is one whose class is gone.
    ResultStore[bytes](tmp_path, dump=bytes).keep("a", b"cabsent_module\nAbsent\n.")
    assert ResultStore[object](tmp_path).kept(["a"]) == {}


def test_nothing_is_left_of_a_write_that_failed(
    store: ResultStore[dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, __: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        store.keep("a", {"x": 1})
    assert list(store.folder.iterdir()) == []


def test_the_format_can_be_chosen(tmp_path: Path) -> None:
    store = ResultStore[dict[str, int]](tmp_path, lambda result: json.dumps(result).encode(), json.loads)
    store.keep("a", {"x": 1})
    assert _file(store).read_bytes().endswith(b'\n{"x": 1}')
    assert store.kept(["a"]) == {"a": {"x": 1}}


def test_a_cleared_store_has_nothing_left_but_what_it_did_not_write(tmp_path: Path) -> None:
    store: ResultStore[int] = ResultStore(tmp_path / "runs")
    store.clear()
    store.keep("a", 1)
    store.clear()
    assert not (tmp_path / "runs").exists()
    store.keep("a", 1)
    (tmp_path / "runs" / "mine.txt").write_text("kept", encoding="utf-8")
    store.clear()
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["mine.txt"]
    assert store.kept(["a"]) == {}
