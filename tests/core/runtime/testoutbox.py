# file: tests/core/runtime/testoutbox.py
from __future__ import annotations

import threading

from tradingbot.core.runtime.outbox import Outbox


def test_numbers_go_on_where_they_ended() -> None:
    outbox = Outbox(41)
    table, rows = outbox.of(7, "stall", "no data")
    assert table == "outbox"
    assert [(row[0], *row[2:]) for row in rows] == [(42, 7, "stall", "no data")]
    assert outbox.row(8, "trade", "closed")[0] == 43
    assert Outbox().row(1, "kill", "drill")[0] == 1


def test_two_threads_never_say_something_under_one_number() -> None:
    outbox, numbers = Outbox(), list[int]()

    def say() -> None:
        for ts in range(500):
            numbers.append(outbox.row(ts, "trade", "")[0])

    threads = [threading.Thread(target=say) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 2_001))
