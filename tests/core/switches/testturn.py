# file: tests/core/switches/testturn.py
from __future__ import annotations

from pathlib import Path

from tradingbot.core.switches.turn import turn


def test_one_at_a_time_and_nobody_waits_longer_than_their_patience(tmp_path: Path) -> None:
    lock = tmp_path / "forex.lock"
    with turn(lock, 0) as first, turn(lock, 0) as second:
        assert first == ""
        assert second == f"another process has held the lock {lock} for over 0 s"
    with turn(lock, 0) as third:
        assert third == ""


def test_a_lock_that_cannot_be_is_told(tmp_path: Path) -> None:
    with turn(tmp_path / "absent" / "forex.lock", 0) as missed:
        assert missed.endswith("could not be opened: No such file or directory")
