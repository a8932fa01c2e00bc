# file: tests/bench/testkilltime.py
from __future__ import annotations

from bench.killtime import Killed, waits

FIRST, SECOND = Killed(95, 100, 110, 200), Killed(290, 300, 310, 400)


def test_the_first_refusal_and_the_last_intent_that_was_not_are_those_between_kill_and_resume() -> None:
    judged = [
        (90, False),
        (104, False),
        (107, False),
        (112, True),
        (150, True),
        (210, False),
        (330, True),
        (410, False),
    ]
    assert waits([FIRST, SECOND], judged) == ([12, 30], [7, 0])


def test_an_intent_that_slips_through_late_is_the_last_though_others_were_refused() -> None:
    assert waits([FIRST], [(101, True), (190, False)]) == ([1], [90])


def test_a_kill_that_nobody_tried_to_enter_after_has_no_first_refusal() -> None:
    assert waits([FIRST], [(50, False), (250, True)]) == ([], [0])
