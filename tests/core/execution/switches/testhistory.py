# file: tests/core/execution/switches/testhistory.py
from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.switches.history import ChangeKind, RecordedChanges, SwitchChange, SwitchHistory

KILL = SwitchChange(1, ChangeKind.KILLED, "ann", "why", "operator")
AGAIN = SwitchChange(2, ChangeKind.KILLED_AGAIN, "bob", "why\nnot", "losses")
RESUME = SwitchChange(3, ChangeKind.RESUMED, "cat", "over")


@pytest.fixture
def history(tmp_path: Path) -> SwitchHistory:
    return SwitchHistory(tmp_path / "forex.jsonl")


def tear(history: SwitchHistory, cut: int) -> None:
    """Do what a crash does: keep all but the last `cut` bytes."""
    history.path.write_bytes(history.path.read_bytes()[:-cut])


def test_no_file_is_no_past(history: SwitchHistory) -> None:
    assert history.read() == RecordedChanges()


def test_changes_come_back_in_their_order_one_to_a_line(history: SwitchHistory) -> None:
    for change in (KILL, AGAIN, RESUME):
        history.append(change)
    assert history.read() == RecordedChanges((KILL, AGAIN, RESUME))
    assert history.path.read_bytes().count(b"\n") == 3


def test_what_is_no_unicode_is_written_out(history: SwitchHistory) -> None:
    history.path.write_text(
        r'{"ts": 1, "happened": "resumed", "by": "jos\udce9", "reason": "caf\udce9", "cause": ""}' + "\n"
    )
    (read,) = history.read().changes
    assert (read.by, read.reason) == (r"jos\udce9", r"caf\udce9")


def test_every_line_is_brought_to_the_disk_and_the_name_of_a_new_file_too(
    history: SwitchHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(stat.S_ISDIR(os.fstat(handle).st_mode)))
    history.append(KILL)
    history.append(RESUME)
    assert synced == [False, True, False]


@pytest.mark.parametrize("cut", [2, 20, 60])
def test_a_line_cut_short_by_a_crash_is_told_and_the_rest_is_kept(history: SwitchHistory, cut: int) -> None:
    history.append(KILL)
    history.append(RESUME)
    tear(history, cut)
    past = history.read()
    assert past.changes == (KILL,)
    assert past.damaged[0].startswith(f'line 2 of {history.path} was cut short, as by a crash: \'{{"ts": 3')


def test_a_line_that_lacks_only_its_end_is_whole(history: SwitchHistory) -> None:
    history.append(KILL)
    tear(history, 1)
    assert history.read() == RecordedChanges((KILL,))
    history.append(RESUME)
    assert history.read() == RecordedChanges((KILL, RESUME))


def test_what_comes_after_a_torn_line_does_not_melt_into_it(history: SwitchHistory) -> None:
    history.append(KILL)
    tear(history, 5)
    history.append(RESUME)
    past = history.read()
    assert past.changes == (RESUME,)
    assert past.damaged[0].startswith(f"line 1 of {history.path} cannot be read: ")


@pytest.mark.parametrize(
    "line",
    [
        b"garbage", b"\xff\xfe", b"[]", b"{}", KILL.to_json().replace(b"killed", b"paused"),
        KILL.to_json().replace(b'"ts": 1', b'"ts": "1"'), KILL.to_json().replace(b'"ann"', b"null"), b"[" * 100_000,
    ],
    ids=lambda line: repr(line[:40]),
)  # fmt: skip
def test_damage_in_the_middle_is_told_with_its_line(history: SwitchHistory, line: bytes) -> None:
    history.append(KILL)
    with history.path.open("ab") as file:
        file.write(line + b"\n")
    history.append(RESUME)
    past = history.read()
    assert past.changes == (KILL, RESUME)
    assert [sentence.split(" of ")[0] for sentence in past.damaged] == ["line 2"]


def test_a_file_that_cannot_be_read_is_an_error_and_not_an_empty_past(history: SwitchHistory) -> None:
    history.path.mkdir()
    with pytest.raises(RunFailed, match=f"^the history {history.path} cannot be read: Is a directory$"):
        history.read()
