# file: tests/core/runtime/testliveshadow.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.core.risk.riskfixture import intent, policy, view
from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Lane, Stage
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.risk.desk import RiskDesk
from tradingbot.core.runtime.decisions import Decision
from tradingbot.core.runtime.liveshadow import LiveShadow

SEEN = view(stage=Stage.PAPER)


class Desks:
    """A lane: what live goes by, changed while the shadow looks on."""

    def __init__(self) -> None:
        self.latch = MemoryKillLatch(Lane.CRYPTOFUTURES, lambda: 0)
        self.enabled = self.promoted = True
        self.shadow = LiveShadow(policy(), self.latch, lambda: self.enabled, lambda: self.promoted)

    def answer(self, decision: Decision) -> tuple[Any, ...]:
        number, _wall, *rest = self.shadow.row(7, decision)
        assert number == 7
        return tuple(rest)


def decided() -> Decision:
    answer = RiskDesk(policy()).ask(intent(), SEEN)
    assert isinstance(answer, Approved)
    return Decision(intent(), SEEN, answer)


def test_live_would_answer_as_paper_where_its_switches_allow() -> None:
    decision = decided()
    quantity = getattr(decision.answer, "quantity", None)
    assert Desks().answer(decision) == ("approved", None, "", str(quantity), None, None)


def test_live_would_be_cut_as_paper_is() -> None:
    # 0.333 wanted, worth 19,980; twice equity is 10,000.
    wish = intent(stop=Decimal(59_700))
    decision = Decision(wish, SEEN, RiskDesk(policy()).ask(wish, SEEN))
    verdict, rule, sentence, quantity, *_switch = Desks().answer(decision)
    assert (verdict, rule, quantity) == ("approved", "position_leverage", "0.166")
    assert sentence.endswith("; cut from 0.333 to 0.166")


@pytest.mark.parametrize(
    ("off", "rule"), [("enabled", "lane_enabled"), ("promoted", "candidate_promoted"), ("killed", "lane_halted")]
)
def test_what_stops_live_is_named_and_read_for_each_intent(off: str, rule: str) -> None:
    lane, decision = Desks(), decided()
    assert lane.answer(decision)[-2:] == (None, None)
    if off == "killed":
        lane.latch.kill("ann", "flood")
    else:
        setattr(lane, off, False)
    verdict, refused, _, quantity, switch, sentence = lane.answer(decision)
    # On its merits it would be placed; the lane would stop it.
    assert (verdict, refused, quantity) == ("approved", None, str(getattr(decision.answer, "quantity", None)))
    assert switch == rule
    assert sentence.startswith(f"{decision.intent.instrument}: ")
    if off == "killed":
        assert "flood" in sentence
        lane.latch.resume("bob", "dry")
    else:
        setattr(lane, off, True)
    assert lane.answer(decision)[-2:] == (None, None)


def test_the_merits_are_judged_in_a_lane_that_is_off_and_after_a_drill_of_papers_own() -> None:
    lane = Desks()
    lane.enabled = lane.promoted = False
    lane.latch.kill("ann", "flood")
    seen = replace(SEEN, halted="drill", equity=Decimal(0))
    drilled = Decision(intent(), seen, RiskDesk(policy()).ask(intent(), seen))
    assert getattr(drilled.answer, "rule", "") == "lane_halted"
    verdict, rule, _, _, switch, _ = lane.answer(drilled)
    assert (verdict, rule, switch) == ("refused", "solvent", "lane_halted")


def test_what_paper_was_refused_without_the_desk_live_would_refuse_too() -> None:
    refused = Refused("S", "COIN", 5, "already_in", "1", "0", "COIN: already in")
    assert Desks().answer(Decision(intent(), None, refused)) == (
        "refused",
        "already_in",
        "COIN: already in",
        None,
        None,
        None,
    )


def test_the_view_of_paper_is_left_as_it_was() -> None:
    decision = decided()
    before = decision.view
    Desks().answer(decision)
    assert decision.view is before
    assert SEEN.stage is Stage.PAPER
