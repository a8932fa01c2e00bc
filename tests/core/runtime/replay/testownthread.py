# file: tests/core/runtime/replay/testownthread.py
from __future__ import annotations

import threading
import weakref

import pytest

from tradingbot.core.runtime.replay.ownthread import OwnThread


def test_every_call_is_made_in_the_one_thread_and_answered() -> None:
    thread = OwnThread("mine")
    found = [thread.call(threading.current_thread) for _ in range(3)]
    thread.end()
    thread.end()
    assert {each.name for each in found} == {"mine"}
    assert len(set(found)) == 1
    assert not found[0].is_alive()


def test_what_a_call_raises_is_raised_to_the_caller_and_the_next_one_goes_on() -> None:
    thread = OwnThread("mine")
    with pytest.raises(ZeroDivisionError):
        thread.call(lambda: 1 / 0)
    assert thread.call(lambda: 2) == 2
    thread.end()


def test_nothing_of_a_call_stays_when_it_is_answered() -> None:
    class Kept: ...

    def fail(_kept: Kept) -> None:
        raise ValueError("no")

    thread, kept = OwnThread("mine"), Kept()
    gone = weakref.ref(kept)
    thread.call(lambda kept=kept: kept and None)  # type: ignore[misc]
    with pytest.raises(ValueError, match="no"):
        thread.call(lambda kept=kept: fail(kept))  # type: ignore[misc]
    del kept
    assert thread.call(lambda: gone() is None)
    thread.end()
