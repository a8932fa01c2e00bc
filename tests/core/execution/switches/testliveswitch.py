# file: tests/core/execution/switches/testliveswitch.py
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.core.execution.switches.conftest import START, Ticking
from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.switches import liveswitch
from tradingbot.core.execution.switches.history import ChangeKind, SwitchChange
from tradingbot.core.execution.switches.liveswitch import Enabled, LiveSwitch
from tradingbot.core.lane import Lane
from tradingbot.core.storage.filelock import LockHolder, file_lock

ON = Enabled(Lane.FOREX, 7, "ann", "it is time\né", LockHolder(12, 34))


def test_it_is_read_as_it_was_written() -> None:
    assert Enabled.from_json(ON.to_json().encode(), Lane.FOREX) == ON


@pytest.mark.parametrize(
    "change",
    [
        {"lane": "options"}, {"ts": "7"}, {"ts": True}, {"by": 1}, {"reason": None}, {"node": 12},
        {"node": {"pid": 12}}, {"node": {"pid": 12, "since": 1.5}}, {"node": {"pid": 12, "since": 34, "more": 1}},
        {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_anything_else_is_none(change: dict[str, Any]) -> None:
    row = json.loads(ON.to_json()) | change
    with pytest.raises(ValueError, match=r"allowed|numbers|texts"):
        Enabled.from_json(json.dumps(row).encode(), Lane.FOREX)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"5"])
def test_what_is_no_object_is_none(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Enabled.from_json(data, Lane.FOREX)


NODE = LockHolder(12, 34)
SECOND = 1_000_000_000


@pytest.fixture
def switch(folder: Path, clock: Ticking) -> LiveSwitch:
    return LiveSwitch(Lane.FOREX, folder, clock, patience=0.02)


def test_it_is_off_until_somebody_turns_it_on_and_looking_makes_nothing(switch: LiveSwitch, folder: Path) -> None:
    assert switch.read() is None
    assert switch.past().changes == ()
    assert not folder.exists()


def test_it_says_who_enabled_it_when_and_why_to_whoever_reads(switch: LiveSwitch, folder: Path) -> None:
    made = switch.enable("ann", "it is time", NODE)
    assert made == Enabled(Lane.FOREX, START, "ann", "it is time", NODE)
    assert LiveSwitch(Lane.FOREX, folder, lambda: 0).read() == made
    assert LiveSwitch(Lane.OPTIONS, folder, lambda: 0).read() is None


def test_enabled_again_it_says_who_did_so_last(switch: LiveSwitch) -> None:
    switch.enable("ann", "it is time", NODE)
    again = switch.enable("bob", "a new node", LockHolder(13, 35))
    assert switch.read() == again
    assert [change.by for change in switch.past().changes] == ["ann", "bob"]


def test_disabled_it_is_off_and_both_are_on_record(switch: LiveSwitch, folder: Path) -> None:
    switch.enable("ann", "it is time", NODE)
    assert switch.disable("bob", "news")
    assert switch.read() is None
    assert switch.past().changes == (
        SwitchChange(START, ChangeKind.ENABLED, "ann", "it is time"),
        SwitchChange(START + SECOND, ChangeKind.DISABLED, "bob", "news"),
    )
    assert [path.name for path in folder.iterdir() if path.suffix not in (".jsonl", ".lock")] == []


def test_disabled_twice_it_says_so_and_records_it_once(switch: LiveSwitch, folder: Path) -> None:
    assert not switch.disable("bob", "to be sure")
    assert not folder.exists()
    switch.enable("ann", "it is time", NODE)
    assert [switch.disable("bob", "news") for _ in range(2)] == [True, False]
    assert len(switch.past().changes) == 2


@pytest.mark.parametrize("text", ["", "{}", "on", "[" * 100_000])
def test_a_switch_that_cannot_be_read_is_off_and_can_be_taken_away(switch: LiveSwitch, text: str) -> None:
    switch.path.parent.mkdir(parents=True)
    switch.path.write_text(text, encoding="utf-8")
    assert switch.read() is None
    assert switch.disable("bob", "odd")
    assert not switch.path.exists()


def test_it_waits_for_no_lock_to_be_off_and_tells_what_may_undo_it(switch: LiveSwitch, folder: Path) -> None:
    switch.enable("ann", "it is time", NODE)
    with file_lock(folder / "forex.live.lock", 0), pytest.raises(RunFailed) as told:
        switch.disable("bob", "news")
    assert str(told.value) == (
        f"forex is off for live, but another process has held the lock {folder / 'forex.live.lock'}"
        " for over 0.02 s, and may undo this"
    )
    assert switch.read() is None
    assert switch.past().changes[-1].happened is ChangeKind.DISABLED


def test_it_is_not_turned_on_past_somebody_who_changes_it(switch: LiveSwitch, folder: Path) -> None:
    folder.mkdir(parents=True)
    with (
        file_lock(folder / "forex.live.lock", 0),
        pytest.raises(RunFailed, match=r"^forex was not enabled: another proc"),
    ):
        switch.enable("ann", "it is time", NODE)
    assert switch.read() is None
    assert switch.past().changes == ()


def test_what_was_put_back_meanwhile_is_taken_away_too(switch: LiveSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    """An enable that held its turn when the disable came ends before the disable does."""
    switch.enable("ann", "it is time", NODE)
    text = switch.path.read_bytes()

    def slow(path: Path, patience: float) -> object:
        switch.path.write_bytes(text)
        return file_lock(path, patience)

    monkeypatch.setattr(liveswitch, "file_lock", slow)
    assert switch.disable("bob", "news")
    assert switch.read() is None


def test_off_and_not_on_record_is_told(switch: LiveSwitch) -> None:
    switch.enable("ann", "it is time", NODE)
    switch.history.path.unlink()
    switch.history.path.mkdir()
    with pytest.raises(RunFailed) as told:
        switch.disable("bob", "news")
    assert str(told.value) == f"forex is off for live, but that is not in {switch.history.path}: Is a directory"
    assert switch.read() is None


def test_what_is_not_on_record_is_not_turned_on(switch: LiveSwitch) -> None:
    switch.history.path.mkdir(parents=True)
    with pytest.raises(RunFailed, match=r"^forex was not enabled: .*forex.live could not be written: "):
        switch.enable("ann", "it is time", NODE)
    assert switch.read() is None


def test_a_folder_that_cannot_be_made_is_told(switch: LiveSwitch, folder: Path) -> None:
    folder.parent.write_text("", encoding="utf-8")
    with pytest.raises(RunFailed, match=r"^forex was not enabled: "):
        switch.enable("ann", "it is time", NODE)
    assert not switch.disable("bob", "news")
