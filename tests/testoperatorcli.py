# file: tests/testoperatorcli.py
from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tradingbot import cli


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "ann")
    return tmp_path


class Program:
    """Runs the whole command line inside this process; tells how it ended and what it said."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["tradingbot", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def answer(self, *words: str) -> Any:
        code, out, err = self(*words, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(monkeypatch, capsys)


def test_a_kill_says_that_it_stands_where_and_how_to_end_it(program: Program, home: Path) -> None:
    code, out, err = program("kill", "forex", "--reason", "spread 14 pips", "--operator", "bob")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].startswith("[x] forex is killed: 20")
    assert lines[0].endswith(" by bob: spread 14 pips")
    assert lines[1] == f"The latch is {home / 'state' / 'switches' / 'forex.killed'}"
    assert lines[2] == "To end it: tradingbot resume forex --operator NAME --reason WHY"


def test_a_kill_in_a_hurry_needs_one_word_and_is_signed_by_the_login(program: Program) -> None:
    program("kill", "FOREX")
    (lane,) = [lane for lane in program.answer("status")["lanes"] if lane["killed"]]
    assert {key: lane[key] for key in ("lane", "by", "reason", "cause")} == {
        "lane": "forex", "by": "ann", "reason": "no reason was given", "cause": "operator",
    }  # fmt: skip


def test_an_account_without_a_name_can_kill(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise OSError("no username set")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert program.answer("kill", "forex")["by"] == f"user {os.getuid()}"


def test_a_second_kill_says_that_the_first_stays(program: Program) -> None:
    program("kill", "forex", "--reason", "spread 14 pips")
    code, out, _err = program("kill", "forex", "--reason", "and again")
    assert code == 0
    assert out.startswith("[x] forex was killed before and stays killed; this kill is on record. Killed since 20")
    assert out.splitlines()[0].endswith(" by ann: spread 14 pips")


def test_kill_and_resume_answer_in_json(program: Program) -> None:
    killed = program.answer("kill", "forex", "--reason", "spread 14 pips")
    assert {key: killed[key] for key in ("lane", "killed", "by", "reason", "cause", "again", "trouble")} == {
        "lane": "forex", "killed": True, "by": "ann", "reason": "spread 14 pips", "cause": "operator",
        "again": False, "trouble": "",
    }  # fmt: skip
    resumed = program.answer("resume", "forex", "--operator", "bob", "--reason", "over")
    ended = {key: killed[key] for key in ("since", "by", "reason", "cause")}
    assert resumed == {"lane": "forex", "killed": False, "operator": "bob", "reason": "over", "ended": ended}


def test_a_resume_says_what_it_ended(program: Program) -> None:
    program("kill", "forex", "--reason", "spread 14 pips")
    code, out, err = program("resume", "forex", "--operator", "bob", "--reason", "over")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "[ ] forex is resumed by bob: over"
    assert out.splitlines()[1].endswith(" by ann: spread 14 pips")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "forex stays killed: an operator's name and a reason are needed to resume it"),
        (["--operator", "bob"], "forex stays killed: a reason is needed to resume it"),
        (["--reason", "over"], "forex stays killed: an operator's name is needed to resume it"),
    ],
)
def test_a_resume_nobody_answers_for_ends_with_code_3(program: Program, words: list[str], sentence: str) -> None:
    program("kill", "forex")
    assert program("resume", "forex", *words) == (3, "", f"tradingbot: {sentence}\n")


def test_a_resume_of_a_lane_that_is_not_killed_ends_with_code_3(program: Program) -> None:
    ended = program("resume", "forex", "--operator", "bob", "--reason", "over")
    assert ended == (3, "", "tradingbot: forex was not resumed: it is not killed\n")


@pytest.mark.parametrize("words", [["kill"], ["resume", "--operator", "bob", "--reason", "over"]])
def test_a_lane_that_is_none_ends_with_code_2_and_names_the_four(
    program: Program, home: Path, words: list[str]
) -> None:
    sentence = "LANE was 'fx', allowed are cryptospot, cryptofutures, forex, options; nothing was changed"
    assert program(words[0], "fx", *words[1:]) == (2, "", f"tradingbot: {sentence}\n")
    assert list(home.iterdir()) == []


def test_a_latch_that_cannot_be_written_ends_with_code_4_and_says_not_killed(program: Program, home: Path) -> None:
    (home / "state").write_text("", encoding="utf-8")
    code, out, err = program("kill", "forex")
    latch = home / "state" / "switches" / "forex.killed"
    assert (code, out) == (4, "")
    why = f"the latch {latch} could not be written: File exists ({home / 'state'})"
    assert err == f"tradingbot: forex is NOT killed: {why}\n"


def test_a_kill_that_could_not_be_recorded_stands_and_ends_with_code_4(program: Program, home: Path) -> None:
    history = home / "state" / "switches" / "forex.jsonl"
    history.mkdir(parents=True)
    code, out, err = program("kill", "forex", "--reason", "why")
    assert code == 4
    assert out.startswith("[x] forex is killed: ")
    assert err == f"tradingbot: forex is killed, but the kill is not in {history}: Is a directory\n"


def test_status_of_an_installation_that_never_killed(program: Program, home: Path) -> None:
    code, out, err = program("status")
    assert (code, err) == (0, "")
    assert out.count("[ ] not killed") == 4
    assert "last changes" not in out
    assert f"Latches lie in {home / 'state' / 'switches'}" in out
    assert list(home.iterdir()) == []


def test_status_tells_who_killed_what_and_the_last_changes_in_a_line_each(program: Program) -> None:
    program("kill", "forex", "--reason", "spread 14 pips")
    program("kill", "options", "--reason", "no quotes")
    program("resume", "options", "--operator", "bob", "--reason", "quotes are back")
    code, out, _err = program("status")
    assert code == 0
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert any(row.startswith("forex [x] killed 20") and row.endswith("ann operator spread 14 pips") for row in rows)
    assert "options [ ] not killed" in rows
    whats = [row.split(" ", 2)[2] for row in rows if row.startswith("20")]
    assert whats == [
        "forex killed ann spread 14 pips", "options killed ann no quotes", "options resumed bob quotes are back",
    ]  # fmt: skip
    # A home's path is as long as it is.
    assert max(map(len, out.replace(os.environ["TRADINGBOT_HOME"], "~").splitlines())) <= 100


def test_status_answers_in_json(program: Program, home: Path) -> None:
    program("kill", "forex", "--reason", "spread 14 pips")
    answer = program.answer("status")
    assert answer["switches"] == str(home / "state" / "switches")
    assert [lane["lane"] for lane in answer["lanes"]] == ["cryptospot", "cryptofutures", "forex", "options"]
    lane = answer["lanes"][2]
    (change,) = lane.pop("changes")
    assert (change["happened"], change["by"], change["at"]) == ("killed", "ann", lane["since"])
    assert lane | {"since": ""} == {
        "lane": "forex", "killed": True, "since": "", "by": "ann", "reason": "spread 14 pips", "cause": "operator",
        "notes": [],
    }  # fmt: skip


def test_an_empty_latch_is_a_kill_by_hand_and_status_says_so(program: Program, home: Path) -> None:
    latch = home / "state" / "switches" / "forex.killed"
    latch.parent.mkdir(parents=True)
    latch.touch()
    code, out, _err = program("status")
    assert code == 0
    assert "[x] killed" in out
    assert "cannot be read" in " ".join(out.split())
    assert "note: forex: the latch is there and the last change on record is no kill" in out


def test_status_of_a_history_that_cannot_be_read_shows_the_lanes_and_ends_with_code_4(
    program: Program, home: Path
) -> None:
    history = home / "state" / "switches" / "forex.jsonl"
    history.mkdir(parents=True)
    code, out, err = program("status")
    assert code == 4
    assert out.count("not killed") == 4
    assert err == f"tradingbot: the history {history} cannot be read: Is a directory\n"


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        *[(text, text) for text in ("[bold]not markup[/bold]", ":smile:", "two\nlines\x1b[2J")],
        # Bytes that are no Unicode are written out, since no browser could be sent them.
        ("bytes \udcff", r"bytes \udcff"),
    ],
)
def test_no_reason_takes_hold_of_the_terminal(program: Program, reason: str, kept: str) -> None:
    assert program("kill", "forex", "--reason", reason)[0] == 0
    code, out, _err = program("status")
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in kept).split())
    assert code == 0
    assert shown in out
    assert "\x1b" not in out
    assert program.answer("status")["lanes"][2]["reason"] == kept


def test_status_starts_light() -> None:
    script = (
        "import sys; sys.argv = ['tradingbot', 'status']\n"
        "from tradingbot.cli import main\n"
        "main()\n"
        "heavy = {'numpy', 'pyarrow', 'nautilus_trader', 'plotly'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "cryptospot" in done.stdout
