# file: tests/core/report/testwriting.py
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.report.writing import write_whole


def test_a_file_is_written_with_its_folder_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.json"
    assert write_whole(path, "one é\n") == path
    write_whole(path, "two\n")
    assert [(found.name, found.read_bytes()) for found in path.parent.iterdir()] == [("report.json", b"two\n")]


def test_what_cannot_be_written_leaves_the_old_one_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("the old one")

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(RunFailed, match=r"report.json could not be written: No space left on device"):
        write_whole(path, "new")
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.rglob("*.part")) == []


def test_many_writers_of_one_file_leave_what_one_of_them_wrote(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    texts = [str(number) * 50_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: write_whole(path, text), texts * 4)) == [path] * 32
    assert path.read_text(encoding="utf-8") in texts
    assert list(tmp_path.iterdir()) == [path]
