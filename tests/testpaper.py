# file: tests/testpaper.py
from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.golden.catalogfixture import Stage
from tradingbot import paper as door
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.runtime.market import Plan, plan


@pytest.mark.parametrize(("text", "speed"), [("max", None), ("1", 1.0), ("0.5", 0.5), ("3600", 3_600.0)])
def test_a_speed_is_a_number_or_as_fast_as_possible(text: str, speed: float | None) -> None:
    assert door.speed_of(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "inf", ""])
def test_another_speed_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=f"--speed was {text}, allowed is a number above 0, or max"):
        door.speed_of(text)


COIN = "BTCUSDT-LINEAR.BYBIT"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return Stage(tmp_path)


def test_a_feed_that_does_not_exist_is_refused(stage: Stage) -> None:
    with pytest.raises(BadInput, match=r"--feed was kraken, allowed are replay, bybit"):
        door.paper(_planned(stage), None, feed="kraken")


def test_a_node_that_finds_no_feed_says_what_carries_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_PATIENCE_S", 0.0)
    with pytest.raises(RunFailed, match=r"has not come up with its venue's 1h bars of BTCUSDT.*`tradingbot feed bybit"):
        door.paper(_planned(stage), None, feed="bybit")


def test_a_node_that_has_run_goes_on_though_its_feed_has_not_come_up_with_the_venue(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SimpleNamespace(present=lambda *_: 0, until=lambda *_: 42)
    monkeypatch.setattr(door, "JournalReader", lambda _path: journal)
    monkeypatch.setattr(door, "_PATIENCE_S", 0.0)
    assert door._followed(_planned(stage), "bybit", begun=True)() == 42
    with pytest.raises(RunFailed, match="has not come up"):
        door._followed(_planned(stage), "bybit", begun=False)


def _planned(stage: Stage) -> Plan:
    spec = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": []}}
    path = stage.config(lane="cryptofutures", instruments=[COIN], bar="1h", equity="10000 USDT", strategies=[spec])
    return plan(path)
