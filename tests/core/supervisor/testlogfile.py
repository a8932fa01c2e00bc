# file: tests/core/supervisor/testlogfile.py
from __future__ import annotations

from pathlib import Path

import pytest

from tradingbot.core.supervisor.logfile import LogFile


def test_only_what_this_process_wrote_is_quoted(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "logs" / "mine.log")
    log.begin()
    log.path.write_text("of the first\n", encoding="utf-8")
    log.begin()
    assert log.last(5) == ()
    with log.path.open("a", encoding="utf-8") as file:
        file.write("one\n\n  two  \n\nthree")
    assert log.last(5) == ("one", "  two", "three")
    assert log.last(2) == ("  two", "three")
    assert log.path.read_text(encoding="utf-8").startswith("of the first\n")


def test_a_file_past_its_limit_becomes_the_one_older_file(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "mine.log", limit=10)
    for text in ("first, too long\n", "second, too long\n"):
        log.path.write_text(text, encoding="utf-8")
        log.begin()
        assert (tmp_path / "mine.1.log").read_text(encoding="utf-8") == text
        assert log.path.read_text(encoding="utf-8") == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.1.log", "mine.log"]


def test_a_process_goes_on_writing_into_the_emptied_file_and_is_quoted_from_it(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "mine.log", limit=30)
    log.path.write_text("of the one before\n", encoding="utf-8")
    log.begin()
    with log.path.open("a", encoding="utf-8") as file:
        file.write("a line that is past the limit\n")
        file.flush()
        log.tend()
        file.write("end\n")
    assert log.path.read_text(encoding="utf-8") == "end\n"
    assert log.last(5) == ("end",)


def test_a_disk_that_does_not_let_it_is_no_trouble_while_a_process_runs(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "mine.log", limit=1)
    log.begin()
    log.path.write_text("long", encoding="utf-8")
    (tmp_path / "mine.1.log").mkdir()
    log.tend()
    assert log.path.read_text(encoding="utf-8") == "long"
    with pytest.raises(OSError, match=r"mine\.1\.log"):
        log.begin()


def test_a_file_that_is_gone_quotes_nothing(tmp_path: Path) -> None:
    assert LogFile(tmp_path / "mine.log").last(5) == ()
