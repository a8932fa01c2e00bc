# file: tests/reports/backtest/testrunfolder.py
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat
from pathlib import Path

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.time import from_iso
from tradingbot.reports.backtest.runfolder import LATEST, new_run_folder, point_latest

AT = from_iso("2026-03-01T04:05:06.000007Z")


def finished(runs: Path, ts: int) -> Path:
    folder = new_run_folder(runs, lambda: ts)
    (folder / "report.json").write_text("{}")
    return folder


def test_a_folder_is_named_by_its_time_and_names_ascend(tmp_path: Path) -> None:
    moments = iter([AT, AT + 1_000, AT + 10**12])
    names = [new_run_folder(tmp_path / "runs", lambda: next(moments)).name for _run in range(3)]
    assert names[0] == "2026-03-01T04-05-06-000007Z"
    assert names == sorted(set(names))


def test_a_name_that_is_taken_waits_for_the_next_moment(tmp_path: Path) -> None:
    new_run_folder(tmp_path, lambda: AT)
    clock = chain(repeat(AT, 3), repeat(AT + 1_000))
    assert new_run_folder(tmp_path, lambda: next(clock)).name == "2026-03-01T04-05-06-000008Z"


def test_many_at_once_have_a_folder_each_and_latest_is_the_newest_of_all(tmp_path: Path) -> None:
    def run(_number: int) -> str:
        folder = new_run_folder(tmp_path)
        (folder / "report.json").write_text("{}")
        point_latest(tmp_path, "report.json")
        return folder.name

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(run, range(40)))
    assert len(set(names)) == 40
    assert (tmp_path / LATEST).readlink() == Path(max(names))
    assert list(tmp_path.glob("*.part")) + list(tmp_path.glob(".*.part")) == []


def test_latest_is_the_newest_that_is_whole_and_does_not_go_back(tmp_path: Path) -> None:
    new, old = finished(tmp_path, AT + 5_000), finished(tmp_path, AT)
    new_run_folder(tmp_path, lambda: AT + 9_000)
    for _again in range(2):
        point_latest(tmp_path, "report.json")
        assert (tmp_path / LATEST).resolve() == new
    assert old.is_dir()


def test_without_links_latest_is_a_file_with_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refused)
    folder = finished(tmp_path, AT)
    point_latest(tmp_path, "report.json")
    assert (tmp_path / LATEST).read_text() == f"{folder.name}\n"


def test_what_stands_in_the_way_is_named_and_the_run_is_kept(tmp_path: Path) -> None:
    (tmp_path / LATEST).mkdir()
    folder = finished(tmp_path, AT)
    with pytest.raises(RunFailed, match=f"latest could not be replaced: .*; the run is in {folder.name} beside it"):
        point_latest(tmp_path, "report.json")
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFailed, match="for runs could not be made"):
        new_run_folder(tmp_path / "file" / "runs")
