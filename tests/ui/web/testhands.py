# file: tests/ui/web/testhands.py
from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from tests.ui.web.room import Room, listening
from tradingbot.ui.web.desk import Desk

MANY = 12
ADMIN = {"authorization": "Bearer admin"}


@dataclass
class Stuck(Room):
    """A room where whoever looks or promotes waits until `free` is set; `waiting` counts those who got that far."""

    free: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def desk(self) -> Desk:
        desk = super().desk()
        return replace(desk, overview=self._slow(desk.overview), promote=self._slow(desk.promote))

    def _slow[T](self, ask: Callable[..., T]) -> Callable[..., T]:
        def wait(*values: Any) -> T:
            self.waiting.release()
            assert self.free.wait(20)
            return ask(*values)

        return wait


def test_a_kill_waits_neither_for_slow_pages_nor_for_slow_commands() -> None:
    room = Stuck()
    with listening(room) as client, ThreadPoolExecutor(2 * MANY) as crowd:
        try:
            slow = [crowd.submit(client.get, "/status", headers=ADMIN) for _ in range(MANY)]
            slow += [crowd.submit(client.post, "/promote/learner", headers=ADMIN) for _ in range(MANY)]
            # Every thread that looks and every one that commands is taken: 8 and 4.
            assert all(room.waiting.acquire(timeout=10) for _ in range(8 + 4))
            killed = client.post("/kill/forex", headers=ADMIN, json={"reason": "now"})
            assert (killed.status_code, room.asked) == (200, [("kill", "forex", "admin", "now")])
            assert client.post("/live/forex/disable", headers=ADMIN).status_code == 200
            assert not any(one.done() for one in slow)
        finally:
            room.free.set()
        assert {one.result().status_code for one in slow} == {200}
