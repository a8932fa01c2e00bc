# file: tests/cli/testlanes.py
from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.clirunner import Program, refusal
from tests.core.registry.samples import DAY, HEAD, NOW, PARTS, install
from tests.operations.status.statefixture import StateRoom
from tradingbot import promote
from tradingbot.cli import app as cli
from tradingbot.cli.app import app
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.operations.audit import query as audit
from tradingbot.operations.liveswitch import live_lock


class Main:
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
def main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Main:
    return Main(monkeypatch, capsys)


def test_a_kill_says_that_it_stands_where_and_how_to_end_it(main: Main, home: Path) -> None:
    code, out, err = main("kill", "forex", "--reason", "spread 14 pips", "--operator", "bob")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].startswith("[x] forex is killed: 20")
    assert lines[0].endswith(" by bob: spread 14 pips")
    assert lines[1] == f"The latch is {home / 'state' / 'switches' / 'forex.killed'}"
    assert lines[2] == "To end it: tradingbot resume forex --operator NAME --reason WHY"


def test_a_kill_in_a_hurry_needs_one_word_and_is_signed_by_the_login(main: Main) -> None:
    main("kill", "FOREX")
    (lane,) = [lane for lane in main.answer("status")["lanes"] if lane["killed"]]
    assert {key: lane[key] for key in ("lane", "by", "reason", "cause")} == {
        "lane": "forex", "by": "ann", "reason": "no reason was given", "cause": "operator",
    }  # fmt: skip


def test_an_account_without_a_name_can_kill(main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise OSError("no username set")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert main.answer("kill", "forex")["by"] == f"user {os.getuid()}"


def test_a_second_kill_says_that_the_first_stays(main: Main) -> None:
    main("kill", "forex", "--reason", "spread 14 pips")
    code, out, _err = main("kill", "forex", "--reason", "and again")
    assert code == 0
    assert out.startswith("[x] forex was killed before and stays killed; this kill is on record. Killed since 20")
    assert out.splitlines()[0].endswith(" by ann: spread 14 pips")


def test_kill_and_resume_answer_in_json(main: Main) -> None:
    killed = main.answer("kill", "forex", "--reason", "spread 14 pips")
    assert {key: killed[key] for key in ("lane", "killed", "by", "reason", "cause", "again", "trouble")} == {
        "lane": "forex", "killed": True, "by": "ann", "reason": "spread 14 pips", "cause": "operator",
        "again": False, "trouble": "",
    }  # fmt: skip
    resumed = main.answer("resume", "forex", "--operator", "bob", "--reason", "over")
    ended = {key: killed[key] for key in ("since", "by", "reason", "cause")}
    assert resumed == {"lane": "forex", "killed": False, "operator": "bob", "reason": "over", "ended": ended}


def test_a_resume_says_what_it_ended(main: Main) -> None:
    main("kill", "forex", "--reason", "spread 14 pips")
    code, out, err = main("resume", "forex", "--operator", "bob", "--reason", "over")
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
def test_a_resume_nobody_answers_for_ends_with_code_3(main: Main, words: list[str], sentence: str) -> None:
    main("kill", "forex")
    assert main("resume", "forex", *words) == (3, "", f"tradingbot: {sentence}\n")


def test_a_resume_of_a_lane_that_is_not_killed_ends_with_code_3(main: Main) -> None:
    ended = main("resume", "forex", "--operator", "bob", "--reason", "over")
    assert ended == (3, "", "tradingbot: forex was not resumed: it is not killed\n")


@pytest.mark.parametrize("words", [["kill"], ["resume", "--operator", "bob", "--reason", "over"]])
def test_a_lane_that_is_none_ends_with_code_2_and_names_the_four(main: Main, home: Path, words: list[str]) -> None:
    sentence = "LANE was 'fx', allowed are cryptospot, cryptofutures, forex, options; nothing was changed"
    assert main(words[0], "fx", *words[1:]) == (2, "", f"tradingbot: {sentence}\n")
    assert list(home.iterdir()) == []


def test_a_latch_that_cannot_be_written_ends_with_code_4_and_says_not_killed(main: Main, home: Path) -> None:
    (home / "state").write_text("", encoding="utf-8")
    code, out, err = main("kill", "forex")
    latch = home / "state" / "switches" / "forex.killed"
    assert (code, out) == (4, "")
    why = f"the latch {latch} could not be written: File exists ({home / 'state'})"
    assert err == f"tradingbot: forex is NOT killed: {why}\n"


def test_a_kill_that_could_not_be_recorded_stands_and_ends_with_code_4(main: Main, home: Path) -> None:
    history = home / "state" / "switches" / "forex.jsonl"
    history.mkdir(parents=True)
    code, out, err = main("kill", "forex", "--reason", "why")
    assert code == 4
    assert out.startswith("[x] forex is killed: ")
    assert err == f"tradingbot: forex is killed, but the kill is not in {history}: Is a directory\n"


def test_status_of_an_installation_that_never_killed(main: Main, home: Path) -> None:
    code, out, err = main("status")
    assert (code, err) == (0, "")
    assert out.count("[ ] not killed") == 4
    assert "last changes" not in out
    assert f"Kill files are in {home / 'state' / 'switches'}" in out
    assert list(home.iterdir()) == []


def test_status_tells_who_killed_what_and_the_last_changes_in_a_line_each(main: Main) -> None:
    main("kill", "forex", "--reason", "spread 14 pips")
    main("kill", "options", "--reason", "no quotes")
    main("resume", "options", "--operator", "bob", "--reason", "quotes are back")
    code, out, _err = main("status")
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


def test_status_answers_in_json(main: Main, home: Path) -> None:
    main("kill", "forex", "--reason", "spread 14 pips")
    answer = main.answer("status")
    assert answer["switches"] == str(home / "state" / "switches")
    assert [lane["lane"] for lane in answer["lanes"]] == ["cryptospot", "cryptofutures", "forex", "options"]
    lane = answer["lanes"][2]
    (change,) = lane.pop("changes")
    assert (change["happened"], change["by"], change["at"]) == ("killed", "ann", lane["since"])
    assert lane | {"since": ""} == {
        "lane": "forex", "killed": True, "since": "", "by": "ann", "reason": "spread 14 pips", "cause": "operator",
        "notes": [],
    }  # fmt: skip


def test_an_empty_latch_is_a_kill_by_hand_and_status_says_so(main: Main, home: Path) -> None:
    latch = home / "state" / "switches" / "forex.killed"
    latch.parent.mkdir(parents=True)
    latch.touch()
    code, out, _err = main("status")
    assert code == 0
    assert "[x] killed" in out
    assert "cannot be read" in " ".join(out.split())
    assert "note: forex: the latch is there and the last change on record is no kill" in out


def test_status_of_a_history_that_cannot_be_read_shows_the_lanes_and_ends_with_code_4(main: Main, home: Path) -> None:
    history = home / "state" / "switches" / "forex.jsonl"
    history.mkdir(parents=True)
    code, out, err = main("status")
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
def test_no_reason_takes_hold_of_the_terminal(main: Main, reason: str, kept: str) -> None:
    assert main("kill", "forex", "--reason", reason)[0] == 0
    code, out, _err = main("status")
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in kept).split())
    assert code == 0
    assert shown in out
    assert "\x1b" not in out
    assert main.answer("status")["lanes"][2]["reason"] == kept


def test_status_starts_light() -> None:
    script = (
        "import sys; sys.argv = ['tradingbot', 'status']\n"
        "from tradingbot.cli.app import main\n"
        "main()\n"
        "heavy = {'numpy', 'pyarrow', 'nautilus_trader', 'plotly'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "cryptospot" in done.stdout


OFF = "no live node of the forex lane runs; no candidate of it is promoted"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: NOW + 2 * DAY)


def test_a_lane_without_a_node_is_not_enabled_and_the_exit_code_is_3(program: Program, later: None) -> None:
    refused = refusal(program, "enable", "forex", "--operator", "bob", "--reason", "why", "--json")
    assert (type(refused), refused.exit_code, str(refused)) == (PolicyRefused, 3, f"forex stays off: {OFF}")
    assert str(refusal(program, "enable", "forex")) == (
        f"forex stays off: an operator's name is needed; a reason is needed; {OFF}"
    )


def test_enabled_and_disabled_it_says_so_in_words_and_in_json(program: Program, home: Path, later: None) -> None:
    install(home)
    promote.promote("trend-1", "ann", "sound", NOW + DAY, lambda _certificate: PARTS, lambda: {HEAD})
    enable = ("enable", "FOREX", "--operator", "bob", "--reason", "it is time")
    with single_instance(live_lock(Lane.FOREX)):
        assert program(*enable) == "forex is enabled: it trades real money\n"
        assert json.loads(program(*enable, "--json")) == {
            "lane": "forex", "live": True, "sentence": "forex is enabled: it trades real money",
            "standing": "on since 2025-11-26T16:00:00Z by bob: it is time",
        }  # fmt: skip
        assert program("disable", "forex") == "forex is disabled: it trades no real money\n"
        assert json.loads(program("disable", "forex", "--json")) == {
            "lane": "forex", "live": False, "sentence": "forex was off before and stays off",
            "standing": "off: nobody enabled it for the live node that runs",
        }  # fmt: skip


def test_to_disable_in_a_hurry_is_one_word_and_signed_by_the_login(program: Program, later: None) -> None:
    assert program("disable", "forex") == "forex was off before and stays off\n"
    (asked,) = audit.recent_commands(5)
    assert (asked.command.command.verb, asked.command.command.operator) == ("disable", "ann")
    program("disable", "forex", "--operator", "bob", "--reason", "news")
    assert audit.recent_commands(5)[-1].command.command.operator == "bob"


@pytest.mark.parametrize("verb", ["enable", "disable"])
def test_a_lane_that_is_none_ends_with_code_2_and_names_the_four_when_it_is_switched(
    program: Program, home: Path, verb: str
) -> None:
    refused = refusal(program, verb, "fx", "--operator", "bob", "--reason", "why")
    assert (type(refused), refused.exit_code) == (BadInput, 2)
    assert str(refused) == "LANE was 'fx', allowed are cryptospot, cryptofutures, forex, options; nothing was changed"
    assert list(home.iterdir()) == []


@pytest.fixture
def room(home: Path) -> StateRoom:
    room = StateRoom(home)
    room.node("trend")
    room.decided("trend", 1, "2")
    room.live("trend", 1, None, "market_sane", "lane_enabled")
    return room


def test_it_shows_what_both_answered_and_why_they_differ(room: StateRoom, program: Program) -> None:
    shown = program("diff", "cryptofutures")
    assert "LONG 2 refused [x] policy market_sane off" in " ".join(shown.split())
    assert "cryptofutures: 1 intents, 0 match on the merits\n1 mismatch: market_sane 1\n" in shown


def test_what_the_lane_would_have_stopped_is_told_apart(room: StateRoom, program: Program) -> None:
    room.decided("trend", 2, "3")
    room.live("trend", 2, "3", switch="lane_halted")
    shown = program("diff", "cryptofutures")
    assert "LONG 3 3 [=] same killed" in " ".join(shown.split())
    assert "2 intents, 1 match on the merits\n1 mismatch: market_sane 1\n" in shown
    assert shown.endswith("1 stopped by the lane's switches: lane_halted 1\n")


def test_json_has_all_of_it(room: StateRoom, program: Program) -> None:
    found = json.loads(program("diff", "cryptofutures", "--json"))
    assert (found["by_rule"], found["unjudged"], found["switched_off"]) == ({"market_sane": 1}, 0, {})
    (intent,) = found["intents"]
    assert (intent["node"], intent["paper_quantity"], intent["live_quantity"], intent["cause"]) == (
        "trend", "2", None, "policy",
    )  # fmt: skip


def test_what_live_never_judged_is_counted_apart_from_what_differs(room: StateRoom, program: Program) -> None:
    room.decided("trend", 2, "2")
    shown = program("diff", "cryptofutures")
    assert "[?] unjudged" in shown
    assert "2 intents, 0 match on the merits\n1 mismatch: market_sane 1\n1 not judged for live\n" in shown


def test_the_last_ones_are_shown_newest_last_and_all_are_counted(room: StateRoom, program: Program) -> None:
    for number in range(2, 6):
        room.decided("trend", number, str(number))
    shown = program("diff", "cryptofutures", "--last", "2")
    rows = [" ".join(line.split()) for line in shown.splitlines() if "BTCUSDT" in line]
    assert [row.split("BTCUSDT-LINEAR.BYBIT ")[1] for row in rows] == [
        "LONG 4 not judged [?] unjudged", "LONG 5 not judged [?] unjudged",
    ]  # fmt: skip
    assert max(map(len, shown.splitlines())) <= 100
    assert "5 intents" in shown


def test_a_lane_without_intents_says_so(room: StateRoom, program: Program) -> None:
    assert program("diff", "forex") == "forex: 0 intents, 0 match on the merits\n"


def test_another_lane_is_refused(program: Program) -> None:
    error = refusal(program, "diff", "stocks")
    assert isinstance(error, BadInput)
    assert str(error).startswith("LANE was 'stocks', allowed are cryptospot,")


def test_status_of_an_empty_home_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    said = " ".join(CliRunner().invoke(app, ["status"]).output.split())
    assert f"note: the home {tmp_path.resolve()} is empty: the shipped settings apply" in said
    (tmp_path / "catalog").mkdir()
    assert "is empty" not in CliRunner().invoke(app, ["status"]).output
