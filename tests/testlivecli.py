# file: tests/testlivecli.py
from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.core.registry.samples import DAY, HEAD, NOW, PARTS, install
from tests.spoken import Program, refusal, spoken
from tradingbot import audit, promote
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.runtime.nodelock import only_one
from tradingbot.livecli import live_app
from tradingbot.operations.enabling import live_lock

OFF = "no live node of the forex lane runs; no candidate of it is promoted"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.delenv("TRADINGBOT_SIGNING_KEY", raising=False)
    monkeypatch.setenv("LOGNAME", "ann")
    monkeypatch.setattr("time.time_ns", lambda: NOW + 2 * DAY)
    return tmp_path


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return spoken(live_app, monkeypatch, capsys)


def test_a_lane_without_a_node_is_not_enabled_and_the_exit_code_is_3(program: Program) -> None:
    refused = refusal(program, "enable", "forex", "--operator", "bob", "--reason", "why", "--json")
    assert (type(refused), refused.exit_code, str(refused)) == (PolicyRefused, 3, f"forex stays off: {OFF}")
    assert str(refusal(program, "enable", "forex")) == (
        f"forex stays off: an operator's name is needed; a reason is needed; {OFF}"
    )


def test_enabled_and_disabled_it_says_so_in_words_and_in_json(program: Program, home: Path) -> None:
    install(home)
    promote.promote("trend-1", "ann", "sound", NOW + DAY, lambda _certificate: PARTS, lambda: {HEAD})
    enable = ("enable", "FOREX", "--operator", "bob", "--reason", "it is time")
    with only_one(live_lock(Lane.FOREX)):
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


def test_to_disable_in_a_hurry_is_one_word_and_signed_by_the_login(program: Program) -> None:
    assert program("disable", "forex") == "forex was off before and stays off\n"
    (asked,) = audit.asked(5)
    assert (asked.command.command.verb, asked.command.command.operator) == ("disable", "ann")
    program("disable", "forex", "--operator", "bob", "--reason", "news")
    assert audit.asked(5)[-1].command.command.operator == "bob"


@pytest.mark.parametrize("verb", ["enable", "disable"])
def test_a_lane_that_is_none_ends_with_code_2_and_names_the_four(program: Program, home: Path, verb: str) -> None:
    refused = refusal(program, verb, "fx", "--operator", "bob", "--reason", "why")
    assert (type(refused), refused.exit_code) == (BadInput, 2)
    assert str(refused) == "LANE was 'fx', allowed are cryptospot, cryptofutures, forex, options; nothing was changed"
    assert list(home.iterdir()) == []
