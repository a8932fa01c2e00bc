# file: tests/core/switches/testkilllatch.py
"""The contract every kill latch keeps, on a disk or in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.switches.history import Change, Happened, Past
from tradingbot.core.switches.killed import Killed, Latched
from tradingbot.core.switches.killlatch import KillLatch
from tradingbot.core.switches.latch import Latch
from tradingbot.core.switches.memorylatch import MemoryLatch

START, SECOND = 1_764_000_000_000_000_000, 1_000_000_000
FIRST = Killed(Lane.FOREX, START, "ann", "spread 14 pips", "operator")


@pytest.fixture(params=["disk", "memory"])
def latch(request: pytest.FixtureRequest, folder: Path, clock: Callable[[], int]) -> KillLatch:
    return Latch(Lane.FOREX, folder, clock) if request.param == "disk" else MemoryLatch(Lane.FOREX, clock)


def test_a_new_latch_is_not_killed_and_has_no_past(latch: KillLatch) -> None:
    assert (latch.lane, latch.read(), latch.past()) == (Lane.FOREX, None, Past())


def test_a_kill_says_since_when_by_whom_and_why(latch: KillLatch) -> None:
    assert latch.kill("ann", "spread 14 pips") == Latched(FIRST, again=False)
    assert latch.read() == FIRST


def test_killing_a_killed_lane_keeps_the_first_kill_and_records_the_second(latch: KillLatch) -> None:
    latch.kill("ann", "spread 14 pips")
    assert latch.kill("the lane's own watch", "5 losses in a row", "losses") == Latched(FIRST, again=True)
    assert latch.read() == FIRST
    assert latch.past().changes == (
        Change(START, Happened.KILLED, "ann", "spread 14 pips", "operator"),
        Change(START + SECOND, Happened.KILLED_AGAIN, "the lane's own watch", "5 losses in a row", "losses"),
    )


def test_a_resume_ends_the_kill_and_goes_on_record(latch: KillLatch) -> None:
    latch.kill("ann", "spread 14 pips")
    assert latch.resume("bob", "the bank holiday is over") == FIRST
    assert latch.read() is None
    assert latch.past().changes[1:] == (Change(START + SECOND, Happened.RESUMED, "bob", "the bank holiday is over"),)


def test_a_resumed_lane_can_be_killed_anew(latch: KillLatch) -> None:
    latch.kill("ann", "spread 14 pips")
    latch.resume("bob", "over")
    again = latch.kill("ann", "and once more")
    assert (again.again, latch.read()) == (False, again.killed)
    assert again.killed.reason == "and once more"


@pytest.mark.parametrize(
    ("operator", "reason", "missing"),
    [
        ("", "over", "an operator's name is needed"),
        (" \t", "over", "an operator's name is needed"),
        ("bob", "", "a reason is needed"),
        ("bob", "\n ", "a reason is needed"),
        ("", "", "an operator's name and a reason are needed"),
    ],
)
def test_a_resume_that_nobody_answers_for_is_refused_and_changes_nothing(
    latch: KillLatch, operator: str, reason: str, missing: str
) -> None:
    latch.kill("ann", "spread 14 pips")
    before = latch.past()
    with pytest.raises(PolicyRefused) as refused:
        latch.resume(operator, reason)
    assert str(refused.value) == f"forex stays killed: {missing} to resume it"
    assert (latch.read(), latch.past()) == (FIRST, before)


def test_a_lane_that_is_not_killed_has_nothing_to_resume(latch: KillLatch) -> None:
    with pytest.raises(PolicyRefused, match=r"^forex was not resumed: it is not killed$"):
        latch.resume("bob", "over")
    assert latch.past() == Past()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_kill_without_a_reason_counts_and_says_that_it_has_none(latch: KillLatch, reason: str) -> None:
    latch.kill("ann", reason)
    killed = latch.read()
    assert killed is not None
    assert killed.reason == "no reason was given"


@pytest.mark.parametrize("reason", ["two\nlines", "quo\"tes' \\", "bytes \udcff", "\x1b[31mred", "é漢", "x" * 100_000])
def test_any_words_survive(latch: KillLatch, reason: str) -> None:
    latch.kill(reason, reason)
    killed = latch.read()
    assert killed is not None
    told = reason.replace("\udcff", r"\udcff")  # no page and no JSON could hold half a pair
    assert (killed.by, killed.reason) == (told, told)
    assert [change.reason for change in latch.past().changes] == [told]
