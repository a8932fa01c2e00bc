# file: tests/testupcli.py
from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

_CODE = "from tradingbot import upcli; upcli.up_app()"
_PATIENCE_S = 60


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    (tmp_path / "config").mkdir()
    values = {"paper": [{"config": "gone.json", "name": "red"}], "dashboard": {"on": False}}
    (tmp_path / "config" / "runtime.json").write_text(json.dumps(values), encoding="utf-8")
    return tmp_path


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[str]]:
    command, pipe = [sys.executable, "-c", _CODE, *words], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as up:
        try:
            yield up
        finally:
            up.kill()


def until(words: IO[str] | None, sign: str) -> list[str]:
    assert words is not None
    found: list[str] = []
    for line in words:
        found.append(line.rstrip())
        if sign in line:
            return found
    raise AssertionError(f"no {sign} in {found}")


def test_a_node_that_cannot_run_is_given_up_in_words_and_up_stays_until_it_is_stopped(home: Path) -> None:
    with started() as up:
        first, *told = until(up.stdout, "given up")
        up.terminate()
        rest, complaint = up.communicate(timeout=_PATIENCE_S)
    assert (up.returncode, complaint) == (0, "")
    assert first.startswith(f"What the processes write is in {home / 'logs' / 'runtime'}; Ctrl-C stops")
    assert [line[9:].partition(":")[0] for line in told] == [
        " [+] supervisor up", " [+] red started", " [x] red given up",
    ]  # fmt: skip
    assert "ended with exit code 2 (bad input) after " in told[-1]
    assert told[-1].endswith("gone.json was not found")
    assert rest.splitlines()[-1].endswith(" [ ] supervisor down: everything has ended")


def test_the_same_as_json_is_one_object_a_line(home: Path) -> None:
    with started("--json", "--only", "red") as up:
        first, *told = map(json.loads, until(up.stdout, "given_up"))
        up.terminate()
        rest, complaint = up.communicate(timeout=_PATIENCE_S)
    assert (up.returncode, complaint) == (0, "")
    assert first == {"processes": ["red"], "link": ""}
    assert [event["kind"] for event in told] == ["up", "started", "given_up"]
    assert told[-1].keys() == {"at", "process", "kind", "sentence"}
    assert json.loads(rest.splitlines()[-1])["kind"] == "down"


def test_the_link_is_the_first_that_is_said(home: Path) -> None:
    values = {"dashboard": {"port": 8421, "host": "localhost"}}
    (home / "config" / "runtime.json").write_text(json.dumps(values), encoding="utf-8")
    with started() as up:
        assert until(up.stdout, "\n") == ["Dashboard: http://localhost:8421/"]
        until(up.stdout, "started")
        up.terminate()
        up.communicate(timeout=_PATIENCE_S)
    assert up.returncode == 0


def test_a_name_that_is_not_there_is_refused(home: Path) -> None:
    with started("--only", "gold") as up:
        _, complaint = up.communicate(timeout=_PATIENCE_S)
    assert up.returncode != 0
    assert "--only was gold, allowed are red" in complaint
