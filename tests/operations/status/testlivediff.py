# file: tests/operations/status/testlivediff.py
from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from tests.operations.status.statefixture import START, StateRoom
from tradingbot.core.lane import Lane
from tradingbot.operations.status.livediff import live_diff


@pytest.fixture
def room(tmp_path: Path) -> StateRoom:
    room = StateRoom(tmp_path)
    room.node("trend")
    return room


@pytest.mark.parametrize(
    ("paper", "live", "cause", "rule"),
    [
        (("2", None), ("2", None), "same", ""),
        (("2", None), ("2.00", None), "same", ""),
        (("2", None), ("1", None), "size", ""),
        (("2", None), (None, "market_sane"), "policy", "market_sane"),
        ((None, "daily_loss"), (None, "daily_loss"), "same", "daily_loss"),
        ((None, "daily_loss"), (None, "market_sane"), "policy", "daily_loss -> market_sane"),
        ((None, "lane_halted"), ("2", None), "same", "lane_halted"),
        ((None, "lane_halted"), (None, "market_sane"), "same", "market_sane"),
        ((None, "daily_loss"), ("1", None), "policy", "daily_loss"),
        (("2", "asset_exposure"), ("2", "asset_exposure"), "same", "asset_exposure"),
        (("2", "asset_exposure"), ("1", "asset_exposure"), "size", "asset_exposure"),
        (("2", "asset_exposure"), ("2", "lane_exposure"), "size", "lane_exposure"),
        (("2", None), ("1", "lane_exposure"), "size", "lane_exposure"),
        (("1", "asset_exposure"), ("2", None), "size", "asset_exposure"),
        (("1", "asset_exposure"), (None, "daily_loss"), "policy", "daily_loss"),
        ((None, "daily_loss"), ("1", "asset_exposure"), "policy", "daily_loss"),
    ],
)
def test_each_difference_has_its_cause_and_the_rule_that_refused(
    room: StateRoom, paper: tuple[str, str], live: tuple[str, str], cause: str, rule: str
) -> None:
    room.decided("trend", 1, *paper)
    room.live("trend", 1, *live)
    found = live_diff(room.home, Lane.CRYPTOFUTURES, 10)
    (row,) = found.rows
    assert (row.cause, row.rule) == (cause, rule)
    assert (found.asked, found.same) == (1, int(cause == "same"))
    assert found.by_rule == (() if cause == "same" else ((rule or "size", 1),))


def test_what_was_wanted_in_a_warm_up_is_no_decision(room: StateRoom) -> None:
    room.decided("trend", 1, None, "warming_up")
    room.live("trend", 1, None, "warming_up")
    room.decided("trend", 2, "2")
    found = live_diff(room.home, Lane.CRYPTOFUTURES, 10)
    assert ([row.number for row in found.rows], found.asked) == ([2], 1)


def test_what_live_never_judged_is_told(room: StateRoom) -> None:
    room.decided("trend", 1, "2")
    found = live_diff(room.home, Lane.CRYPTOFUTURES, 10)
    assert (found.rows[0].cause, found.rows[0].live, found.by_rule) == ("unjudged", "", ())
    assert (found.asked, found.same, found.unjudged) == (1, 0, 1)


def test_a_lane_that_is_off_is_counted_apart_from_the_merits(room: StateRoom) -> None:
    for number, rule in enumerate((None, None, "daily_loss"), 1):
        room.decided("trend", number, None if rule else "2", rule)
        room.live("trend", number, None if rule else "2", rule, switch="lane_enabled")
    found = live_diff(room.home, Lane.CRYPTOFUTURES, 10)
    assert (found.asked, found.same, found.by_rule) == (3, 3, ())
    # The third would not have been placed by a lane that is on either.
    assert found.switched_off == (("lane_enabled", 2),)
    assert [(row.cause, row.switch) for row in found.rows] == [("same", "lane_enabled")] * 3


def test_nodes_of_the_lane_are_told_together_newest_first_and_all_are_counted(room: StateRoom) -> None:
    room.node("other")
    room.node("stranger", lane="forex")
    for number in range(1, 6):
        room.decided("trend", number, "2", ts=START + 2 * number)
        room.live("trend", number, None, "market_sane")
        room.decided("other", number, "3", ts=START + 2 * number + 1)
        room.live("other", number, "3")
        room.decided("stranger", number, "1")
    found = live_diff(room.home, Lane.CRYPTOFUTURES, 3)
    assert [(row.node, row.number) for row in found.rows] == [("other", 5), ("trend", 5), ("other", 4)]
    assert found.rows[0].live_quantity == Decimal(3)
    assert (found.asked, found.same, found.by_rule) == (10, 5, (("market_sane", 5),))


def test_a_lane_without_nodes_has_nothing_to_tell(room: StateRoom) -> None:
    found = live_diff(room.home, Lane.OPTIONS, 3)
    assert (found.rows, found.asked, found.same, found.by_rule) == ((), 0, 0, ())


@pytest.mark.parametrize("damage", ["DROP TABLE live", "UPDATE decisions SET time = 'then'", "DROP TABLE node"])
def test_a_node_that_cannot_be_read_is_left_out(room: StateRoom, damage: str) -> None:
    room.decided("trend", 1, "2")
    room.node("other")
    room.decided("other", 1, "3")
    with closing(sqlite3.connect(room.path("trend"))) as database, database:
        database.execute(damage)
    found = live_diff(room.home, Lane.CRYPTOFUTURES, 3)
    assert ([row.node for row in found.rows], found.asked) == (["other"], 1)
