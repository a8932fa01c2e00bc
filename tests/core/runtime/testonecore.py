# file: tests/core/runtime/testonecore.py
from __future__ import annotations

import os
import sys
import threading

import pytest

from tradingbot.core.runtime.onecore import on_one_core

if sys.platform != "linux":
    pytest.skip("the system has no affinity", allow_module_level=True)


def test_this_thread_and_those_it_starts_stay_on_one_core_until_the_block_ends() -> None:
    before, found = os.sched_getaffinity(0), list[set[int]]()
    with on_one_core():
        thread = threading.Thread(target=lambda: found.append(os.sched_getaffinity(0)))
        thread.start()
        thread.join()
        found.append(os.sched_getaffinity(0))
    assert found[0] == found[1] <= before
    assert len(found[0]) == 1
    assert os.sched_getaffinity(0) == before


def test_where_the_system_does_not_let_it_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.sched_getaffinity(0)

    def refused(_pid: int, _cores: set[int]) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setaffinity", refused)
    with on_one_core():
        assert os.sched_getaffinity(0) == before
