# file: tests/core/execution/testentryfilter.py
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.execution.arena import Actor, Arena, Ran, acting
from tests.core.execution.chain import selling, stocked
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.entryfilter import EntryFilter
from tradingbot.core.messages.answers import Approved, Refused
from tradingbot.core.messages.intent import Intent, Side, SpreadIntent, Strength

ROWS = [(100, 101, 99, 100)] * 6


class _Filter:
    """Let through what is not named, as strong; keep what was heard and asked, in order."""

    def __init__(self, drops: tuple[Side, ...] = ()) -> None:
        self.drops = drops
        self.log: list[str] = []

    def hear(self, bar: Any) -> None:
        self.log.append(f"hear {bar.close}")

    def judge(self, intent: Intent | SpreadIntent) -> Intent | SpreadIntent | Refused:
        self.log.append("judge")
        if isinstance(intent, Intent) and intent.side in self.drops:
            return Refused.of(intent, "meta_label", "0.400", "0.500", "it would not pay")
        return replace(intent, strength=Strength.STRONG)


def played(arena: Arena, script: dict[int, Any], opinion: EntryFilter | None, **members: Any) -> Ran:
    def on_start(self: Any) -> None:
        vars(self)["second_opinion"] = opinion

    return arena.run(acting(script, on_start=on_start, **members))


def entering(side: Side) -> Any:
    away = -3 * side.sign
    return lambda actor, _bar: actor.enter(100 + away, side=side)


def test_an_entry_it_drops_reaches_neither_desk_nor_market_and_is_kept_with_its_reason(arena: Arena) -> None:
    arena.trade(ROWS)
    ran = played(arena, {2: entering(Side.SHORT)}, _Filter((Side.SHORT,)))
    (answer,) = ran.actor.answers
    assert isinstance(answer, Refused)
    assert ran.rules == ["meta_label"]
    (decision,) = ran.recorder.decisions
    assert (decision.view, decision.answer, decision.orders) == (None, answer, [])
    assert answer.sentence == "COIN-LINEAR.BYBIT: it would not pay"
    assert ran.actor.heard == []


def test_an_entry_it_lets_through_reaches_the_desk_with_its_strength(arena: Arena) -> None:
    arena.trade(ROWS)
    ran = played(arena, {2: entering(Side.LONG)}, _Filter((Side.SHORT,)))
    (decision,) = ran.recorder.decisions
    assert isinstance(decision.answer, Approved)
    assert (decision.intent.strength, decision.view is None) == (Strength.STRONG, False)
    assert ran.fills("entry")


def test_what_it_lets_through_the_desk_may_still_refuse(arena: Arena) -> None:
    arena.trade(ROWS)
    ran = played(arena, {2: lambda actor, _bar: actor.enter(40)}, _Filter())
    (rule,) = ran.rules
    assert rule != "meta_label"


def test_it_hears_each_bar_before_the_strategy_acts_on_it(arena: Arena) -> None:
    arena.trade([(100, 101, 99, 100 + number % 2) for number in range(4)])
    opinion = _Filter()
    played(arena, {2: entering(Side.LONG)}, opinion)
    assert opinion.log == ["hear 100.0", "hear 101.0", "judge", "hear 100.0", "hear 101.0"]


def test_an_entry_that_is_not_welcome_anyway_is_not_judged(arena: Arena) -> None:
    arena.trade(ROWS)
    opinion = _Filter()
    ran = played(arena, {2: entering(Side.LONG), 4: entering(Side.LONG)}, opinion)
    assert (opinion.log.count("judge"), ran.rules) == (1, ["already_in"])


def test_leaving_asks_nobody(arena: Arena) -> None:
    arena.trade(ROWS)
    opinion = _Filter()
    ran = played(arena, {2: entering(Side.LONG), 4: lambda actor, _bar: actor.leave()}, opinion)
    assert (opinion.log.count("judge"), len(ran.trades)) == (1, 1)


def test_a_structure_of_options_is_judged_too(arena: Arena) -> None:
    short, long = stocked(arena, [100.0] * 12)
    opinion = _Filter()
    ran = played(arena, {3: selling(short, long)}, opinion)
    assert opinion.log.count("judge") == 1
    assert ran.recorder.decisions[0].intent.strength is Strength.STRONG


@pytest.mark.parametrize("method", ["hear", "judge"])
def test_what_it_raises_fails_the_run(arena: Arena, method: str) -> None:
    def boom(*_args: object) -> None:
        raise ValueError("boom")

    arena.trade(ROWS)
    opinion = _Filter()
    setattr(opinion, method, boom)
    with pytest.raises(StrategyFailed, match=r"^Actor-000\.on_bar raised ValueError: boom"):
        played(arena, {2: entering(Side.LONG)}, opinion)


def test_without_one_an_entry_keeps_its_own_strength(arena: Arena) -> None:
    arena.trade(ROWS)
    ran = arena.run(acting({2: entering(Side.LONG)}))
    assert ran.recorder.decisions[0].intent.strength is Strength.NORMAL
    assert isinstance(ran.actor, Actor)
    assert ran.actor.seat.entry_filter is None
