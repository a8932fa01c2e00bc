# file: tests/testparity.py
from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.operations.status.statefixture import START, StateRoom
from tradingbot import parity as door
from tradingbot.core.errors import BadInput, ConfigError, RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.messages.laneview import ParityTile
from tradingbot.core.runtime.parity.check import NodeRecord, ParityResult
from tradingbot.core.runtime.parity.comparison import Cause, Difference, ParityAction
from tradingbot.core.runtime.parity.records import Span, read_latest, write_latest
from tradingbot.core.time import SECOND, day_of

FILL = ParityAction("fill", 900, "Trend-000", "BTC", "BUY", Decimal(1), (Decimal(2),))
WAS = ParityTile(1, "2025-01-06", 3, 9, 5, 0, (), "")
DAY = day_of(START).isoformat()


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StateRoom:
    """A home with a node whose config is not there."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    room = StateRoom(tmp_path)
    room.node("trend")
    room.write("trend", ("bars", [("BTC", START + 300 * SECOND)]))
    return room


def note(room: StateRoom, name: str = "trend") -> ParityTile | None:
    return read_latest(room.home / "state" / "parity", name)


def found(monkeypatch: pytest.MonkeyPatch, count: int, asked: list[Any]) -> None:
    def check(recalled: NodeRecord, progress: Any) -> ParityResult:
        asked.append(recalled.span)
        progress(1, 1)
        return ParityResult(Span(DAY, 0, 9), 3, 9, 5, 0, [Difference(Cause.POLICY, FILL, None)] * count)

    monkeypatch.setattr(door, "check_node_parity", check)


def test_the_result_is_kept_with_the_first_few_differences(room: StateRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    found(monkeypatch, 25, asked)
    assert len(door.parity("trend", DAY, lambda *done: asked.append(done)).differences) == 25
    assert ([asked[0].day], asked[1]) == ([DAY], (1, 1))
    kept = note(room)
    assert kept is not None
    assert (kept.day, kept.intents, kept.orders, kept.fills, kept.different) == (DAY, 3, 9, 5, 25)
    assert len(kept.differences) == 20
    assert kept.differences[0].startswith("fill of Trend-000 in BTC: policy; the node at 1970-01-01")
    assert kept.at > START
    assert kept.trouble == ""


def test_why_there_is_no_result_is_kept_too(room: StateRoom) -> None:
    write_latest(room.home / "state" / "parity", "trend", WAS)
    with pytest.raises(ConfigError, match=r"trend\.json"):
        door.parity("trend", DAY)
    kept = note(room)
    assert kept is not None
    assert (kept.day, kept.intents, kept.different) == (DAY, 0, 0)
    assert "trend.json" in kept.trouble


@pytest.mark.parametrize(
    ("error", "trouble"), [(MemoryError(), "MemoryError"), (RunFailed("it raised\nTraceback"), "it raised")]
)
def test_whatever_goes_wrong_is_kept_in_a_line(
    room: StateRoom, monkeypatch: pytest.MonkeyPatch, error: Exception, trouble: str
) -> None:
    def check(_recalled: NodeRecord, _progress: Any) -> ParityResult:
        raise error

    monkeypatch.setattr(door, "check_node_parity", check)
    with pytest.raises(type(error)):
        door.parity("trend")
    kept = note(room)
    assert kept is not None
    assert kept.trouble == trouble


def test_a_day_that_is_not_over_is_no_result_and_says_so(room: StateRoom) -> None:
    with pytest.raises(RunFailed, match="no whole day of the market is on record yet"):
        door.parity("trend", "last")
    kept = note(room)
    assert kept is not None
    assert kept.trouble.startswith("no whole day")


@pytest.mark.parametrize("day", ["yesterday", "2001-01-01"])
def test_a_wrong_question_leaves_the_last_result(room: StateRoom, day: str) -> None:
    write_latest(room.home / "state" / "parity", "trend", WAS)
    with pytest.raises(BadInput, match="--day was"):
        door.parity("trend", day)
    assert note(room) == WAS


def test_a_node_that_never_ran_has_no_parity_and_leaves_no_note(room: StateRoom) -> None:
    with pytest.raises(RunFailed, match=r"nobody\.db does not exist: no node of that name has run"):
        door.parity("nobody")
    assert note(room, "nobody") is None


@pytest.mark.parametrize("name", ["../trend", "state/trend", "/etc/trend", "a/../trend"])
def test_a_path_is_no_name(room: StateRoom, name: str) -> None:
    with pytest.raises(BadInput, match=f"NODE was '{name}', allowed is a node's name, without /"):
        door.parity(name)


def test_a_result_that_cannot_be_kept_is_an_error(room: StateRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, 0, [])
    (room.home / "state" / "parity").write_text("in the way", encoding="utf-8")
    with pytest.raises(RunFailed, match=r"parity/trend\.json could not be written: "):
        door.parity("trend")


def test_the_dashboard_shows_what_was_found(room: StateRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    from tradingbot.operations.status import overview as watching

    found(monkeypatch, 2, [])
    door.parity("trend")
    (node,) = watching.lane(Lane.CRYPTOFUTURES).nodes
    assert node.parity is not None
    assert node.parity.different == 2
