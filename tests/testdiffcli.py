# file: tests/testdiffcli.py
from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.core.overview.stateroom import StateRoom
from tradingbot.cli import app
from tradingbot.core.errors import BadInput


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StateRoom:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    room = StateRoom(tmp_path)
    room.node("trend")
    room.decided("trend", 1, "2")
    room.live("trend", 1, None, "market_sane", "lane_enabled")
    return room


def test_it_shows_what_both_answered_and_why_they_differ(room: StateRoom) -> None:
    shown = CliRunner().invoke(app, ["diff", "cryptofutures"]).output
    assert "LONG 2 refused [x] policy market_sane off" in " ".join(shown.split())
    assert "cryptofutures: 1 intents, 0 answered alike on the merits\n1 would differ: market_sane 1\n" in shown


def test_what_the_lane_would_have_stopped_is_told_apart(room: StateRoom) -> None:
    room.decided("trend", 2, "3")
    room.live("trend", 2, "3", switch="lane_halted")
    shown = CliRunner().invoke(app, ["diff", "cryptofutures"]).output
    assert "LONG 3 3 [=] same killed" in " ".join(shown.split())
    assert "2 intents, 1 answered alike on the merits\n1 would differ: market_sane 1\n" in shown
    assert shown.endswith("1 stopped by the lane's switches: lane_halted 1\n")


def test_json_has_all_of_it(room: StateRoom) -> None:
    found = json.loads(CliRunner().invoke(app, ["diff", "cryptofutures", "--json"]).output)
    assert (found["by_rule"], found["unjudged"], found["switched_off"]) == ({"market_sane": 1}, 0, {})
    (intent,) = found["intents"]
    assert (intent["node"], intent["paper_quantity"], intent["live_quantity"], intent["cause"]) == (
        "trend", "2", None, "policy",
    )  # fmt: skip


def test_what_live_never_judged_is_counted_apart_from_what_differs(room: StateRoom) -> None:
    room.decided("trend", 2, "2")
    shown = CliRunner().invoke(app, ["diff", "cryptofutures"]).output
    assert "[?] unjudged" in shown
    assert (
        "2 intents, 0 answered alike on the merits\n1 would differ: market_sane 1\n1 never judged for live\n" in shown
    )


def test_the_last_ones_are_shown_newest_last_and_all_are_counted(room: StateRoom) -> None:
    for number in range(2, 6):
        room.decided("trend", number, str(number))
    shown = CliRunner().invoke(app, ["diff", "cryptofutures", "--last", "2"]).output
    rows = [" ".join(line.split()) for line in shown.splitlines() if "BTCUSDT" in line]
    assert [row.split("BTCUSDT-LINEAR.BYBIT ")[1] for row in rows] == [
        "LONG 4 not judged [?] unjudged", "LONG 5 not judged [?] unjudged",
    ]  # fmt: skip
    assert max(map(len, shown.splitlines())) <= 100
    assert "5 intents" in shown


def test_a_lane_without_intents_says_so(room: StateRoom) -> None:
    assert CliRunner().invoke(app, ["diff", "forex"]).output == "forex: 0 intents, 0 answered alike on the merits\n"


def test_another_lane_is_refused(room: StateRoom) -> None:
    error = CliRunner().invoke(app, ["diff", "stocks"]).exception
    assert isinstance(error, BadInput)
    assert str(error).startswith("LANE was 'stocks', allowed are cryptospot,")
