# file: tests/core/execution/teststrategycontext.py
from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.core.execution.enginefixture import FLAT, Actor, Engine, Ran, acting
from tests.core.execution.optionfixture import selling, stocked
from tradingbot.core.errors import RunFailed, StrategyFailed
from tradingbot.core.execution.strategycontext import BarSequencer, EntryFilter
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Intent, Side, SpreadIntent, Strength

ROWS = [(100, 101, 99, 100)] * 6


class _Filter:
    """Let through what is not named, as strong; keep what was heard and asked, in order."""

    def __init__(self, drops: tuple[Side, ...] = ()) -> None:
        self.drops = drops
        self.log: list[str] = []

    def observe(self, bar: Any) -> None:
        self.log.append(f"hear {bar.close}")

    def judge(self, intent: Intent | SpreadIntent) -> Intent | SpreadIntent | Refused:
        self.log.append("judge")
        if isinstance(intent, Intent) and intent.side in self.drops:
            return Refused.of(intent, "meta_label", "0.400", "0.500", "it would not pay")
        return replace(intent, strength=Strength.STRONG)


def played(engine: Engine, script: dict[int, Any], opinion: EntryFilter | None, **members: Any) -> Ran:
    def on_start(self: Any) -> None:
        vars(self)["_lane"] = replace(self._lane, entry_filter=opinion)

    return engine.run(acting(script, on_start=on_start, **members))


def entering(side: Side) -> Any:
    away = -3 * side.sign
    return lambda actor, _bar: actor.enter(100 + away, side=side)


def test_an_entry_it_drops_reaches_neither_desk_nor_market_and_is_kept_with_its_reason(engine: Engine) -> None:
    engine.trade(ROWS)
    ran = played(engine, {2: entering(Side.SHORT)}, _Filter((Side.SHORT,)))
    (answer,) = ran.actor.answers
    assert isinstance(answer, Refused)
    assert ran.rules == ["meta_label"]
    (decision,) = ran.recorder.decisions
    assert (decision.view, decision.answer, decision.orders) == (None, answer, [])
    assert answer.sentence == "COIN-LINEAR.BYBIT: it would not pay"
    assert ran.actor.heard == []


def test_an_entry_it_lets_through_reaches_the_desk_with_its_strength(engine: Engine) -> None:
    engine.trade(ROWS)
    ran = played(engine, {2: entering(Side.LONG)}, _Filter((Side.SHORT,)))
    (decision,) = ran.recorder.decisions
    assert isinstance(decision.answer, Approved)
    assert (decision.intent.strength, decision.view is None) == (Strength.STRONG, False)
    assert ran.fills("entry")


def test_what_it_lets_through_the_desk_may_still_refuse(engine: Engine) -> None:
    engine.trade(ROWS)
    ran = played(engine, {2: lambda actor, _bar: actor.enter(40)}, _Filter())
    (rule,) = ran.rules
    assert rule != "meta_label"


def test_it_hears_each_bar_before_the_strategy_acts_on_it(engine: Engine) -> None:
    engine.trade([(100, 101, 99, 100 + number % 2) for number in range(4)])
    opinion = _Filter()
    played(engine, {2: entering(Side.LONG)}, opinion)
    assert opinion.log == ["hear 100.0", "hear 101.0", "judge", "hear 100.0", "hear 101.0"]


def test_an_entry_that_is_not_welcome_anyway_is_not_judged(engine: Engine) -> None:
    engine.trade(ROWS)
    opinion = _Filter()
    ran = played(engine, {2: entering(Side.LONG), 4: entering(Side.LONG)}, opinion)
    assert (opinion.log.count("judge"), ran.rules) == (1, ["already_in"])


def test_leaving_asks_nobody(engine: Engine) -> None:
    engine.trade(ROWS)
    opinion = _Filter()
    ran = played(engine, {2: entering(Side.LONG), 4: lambda actor, _bar: actor.leave()}, opinion)
    assert (opinion.log.count("judge"), len(ran.trades)) == (1, 1)


def test_a_structure_of_options_is_judged_too(engine: Engine) -> None:
    short, long = stocked(engine, [100.0] * 12)
    opinion = _Filter()
    ran = played(engine, {3: selling(short, long)}, opinion)
    assert opinion.log.count("judge") == 1
    assert ran.recorder.decisions[0].intent.strength is Strength.STRONG


@pytest.mark.parametrize("method", ["observe", "judge"])
def test_what_it_raises_fails_the_run(engine: Engine, method: str) -> None:
    def boom(*_args: object) -> None:
        raise ValueError("boom")

    engine.trade(ROWS)
    opinion = _Filter()
    setattr(opinion, method, boom)
    with pytest.raises(StrategyFailed, match=r"^Actor-000\.on_bar raised ValueError: boom"):
        played(engine, {2: entering(Side.LONG)}, opinion)


def test_without_one_an_entry_keeps_its_own_strength(engine: Engine) -> None:
    engine.trade(ROWS)
    ran = engine.run(acting({2: entering(Side.LONG)}))
    assert ran.recorder.decisions[0].intent.strength is Strength.NORMAL
    assert isinstance(ran.actor, Actor)
    assert ran.actor._lane.entry_filter is None


def test_all_act_in_the_order_of_the_config_whoever_hears_first() -> None:
    sequencer = BarSequencer(["A", "B", "C"])
    acted: list[str] = []
    for name in ("C", "A", "B", "B", "C", "A"):
        sequencer.deliver(name, partial(acted.append, name))
    assert acted == ["A", "B", "C"] * 2


def test_nobody_acts_before_all_have_heard() -> None:
    sequencer = BarSequencer(["A", "B"])
    acted: list[str] = []
    sequencer.deliver("A", partial(acted.append, "A"))
    assert acted == []


def test_one_that_hears_twice_while_another_has_not_is_an_error() -> None:
    sequencer = BarSequencer(["A", "B", "C"])
    sequencer.deliver("B", lambda: None)
    with pytest.raises(RunFailed, match="B was handed a bar before A, C had heard the last"):
        sequencer.deliver("B", lambda: None)


def test_what_is_heard_while_acting_is_acted_on_at_once() -> None:
    sequencer = BarSequencer(["A", "B"])
    acted: list[str] = []
    sequencer.deliver("B", partial(acted.append, "B"))
    sequencer.deliver("A", lambda: sequencer.deliver("A", partial(acted.append, "A")))
    assert acted == ["A", "B"]


def test_after_an_error_the_next_bar_waits_for_all_again() -> None:
    def fail() -> None:
        raise ValueError("boom")

    sequencer = BarSequencer(["A", "B"])
    acted: list[str] = []
    sequencer.deliver("A", fail)
    with pytest.raises(ValueError, match="boom"):
        sequencer.deliver("B", lambda: None)
    sequencer.deliver("B", partial(acted.append, "B"))
    assert acted == []


def test_one_strategy_is_alone() -> None:
    assert BarSequencer(["A"]).alone
    assert not BarSequencer(["A", "B"]).alone


def test_the_earlier_in_the_config_hears_a_topic_first() -> None:
    sequencer = BarSequencer(["A", "B", "C"])
    assert [sequencer.priority(name) for name in ("A", "B", "C")] == [2, 1, 0]


def test_strategies_hear_each_bar_in_the_order_of_the_config_in_every_run(engine: Engine) -> None:
    """The engine's own order changes from run to run: of ten runs of three strategies one would differ."""
    for _run in range(10):
        heard: list[str] = []

        def note(actor: Any, bar: Any, heard: list[str] = heard) -> None:
            heard.append(type(actor).__name__)

        stage = Engine(engine.assign)
        stage.trade(FLAT * 3)
        stage.run(*(acting(name=name, on_bar=note) for name in ("Zeta", "Alpha", "Mid")))
        assert heard == ["Zeta", "Alpha", "Mid"] * 3


def test_a_handler_that_calls_the_one_it_overrides_keeps_its_turn(engine: Engine) -> None:
    def on_bar(self: Any, bar: Any) -> None:
        super(first, self).on_bar(bar)

    first = acting(name="First", on_bar=on_bar)
    engine.trade(FLAT * 3)
    ran = engine.run(first, acting(name="Second"))
    assert [actor.count for actor in ran.actors] == [3, 3]


def test_bars_of_another_kind_are_heard_by_who_asked_for_them(engine: Engine) -> None:
    heard: list[str] = []

    def start(self: Any) -> None:
        name = self.context.instruments[0].id
        kind = type(next(iter(self.context.bar_types.values())))
        self.subscribe_bars(kind.from_str(f"{name}-10-MINUTE-LAST-INTERNAL@5-MINUTE-EXTERNAL"))

    def on_bar(_self: Any, bar: Any) -> None:
        heard.append(str(bar.bar_type.spec))

    engine.trade(FLAT * 4)
    ran = engine.run(acting(name="First", on_start=start, on_bar=on_bar), acting(name="Second"))
    assert (heard.count("10-MINUTE-LAST"), heard.count("5-MINUTE-LAST")) == (2, 4)
    assert ran.actors[1].count == 4


def test_nobody_may_stop_listening_to_the_run_s_bars(engine: Engine) -> None:
    engine.trade(FLAT * 3)
    script = {1: lambda actor, bar: actor.unsubscribe_bars(bar.bar_type)}
    with pytest.raises(StrategyFailed, match="PolicyRefused: Actor-000 may not unsubscribe from COIN-LINEAR"):
        engine.run(acting(script))


def test_one_may_stop_listening_to_bars_of_one_s_own(engine: Engine) -> None:
    def both(actor: Any, bar: Any) -> None:
        own = type(bar.bar_type).from_str(f"{bar.bar_type.instrument_id}-10-MINUTE-LAST-INTERNAL@5-MINUTE-EXTERNAL")
        actor.subscribe_bars(own)
        actor.unsubscribe_bars(own)

    engine.trade(FLAT * 6)
    assert engine.run(acting({1: both})).actor.count == 6
