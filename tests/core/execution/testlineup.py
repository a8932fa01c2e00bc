# file: tests/core/execution/testlineup.py
from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.core.execution.arena import Arena, acting
from tradingbot.core.errors import RunFailed, StrategyFailed
from tradingbot.core.execution.lineup import Lineup

_FLAT = [(100, 101, 99, 100)]


def test_all_act_in_the_order_of_the_config_whoever_hears_first() -> None:
    lineup = Lineup(["A", "B", "C"])
    acted: list[str] = []
    for name in ("C", "A", "B", "B", "C", "A"):
        lineup.hear(name, partial(acted.append, name))
    assert acted == ["A", "B", "C"] * 2


def test_nobody_acts_before_all_have_heard() -> None:
    lineup = Lineup(["A", "B"])
    acted: list[str] = []
    lineup.hear("A", partial(acted.append, "A"))
    assert acted == []


def test_one_that_hears_twice_while_another_has_not_is_an_error() -> None:
    lineup = Lineup(["A", "B", "C"])
    lineup.hear("B", lambda: None)
    with pytest.raises(RunFailed, match="B was handed a bar before A, C had heard the last"):
        lineup.hear("B", lambda: None)


def test_what_is_heard_while_acting_is_acted_on_at_once() -> None:
    lineup = Lineup(["A", "B"])
    acted: list[str] = []
    lineup.hear("B", partial(acted.append, "B"))
    lineup.hear("A", lambda: lineup.hear("A", partial(acted.append, "A")))
    assert acted == ["A", "B"]


def test_after_an_error_the_next_bar_waits_for_all_again() -> None:
    def fail() -> None:
        raise ValueError("boom")

    lineup = Lineup(["A", "B"])
    acted: list[str] = []
    lineup.hear("A", fail)
    with pytest.raises(ValueError, match="boom"):
        lineup.hear("B", lambda: None)
    lineup.hear("B", partial(acted.append, "B"))
    assert acted == []


def test_one_strategy_is_alone() -> None:
    assert Lineup(["A"]).alone
    assert not Lineup(["A", "B"]).alone


def test_the_earlier_in_the_config_hears_a_topic_first() -> None:
    lineup = Lineup(["A", "B", "C"])
    assert [lineup.priority(name) for name in ("A", "B", "C")] == [2, 1, 0]


def test_strategies_hear_each_bar_in_the_order_of_the_config_in_every_run(arena: Arena) -> None:
    """The engine's own order changes from run to run: of ten runs of three strategies one would differ."""
    for _run in range(10):
        heard: list[str] = []

        def note(actor: Any, bar: Any, heard: list[str] = heard) -> None:
            heard.append(type(actor).__name__)

        stage = Arena(arena.assign)
        stage.trade(_FLAT * 3)
        stage.run(*(acting(name=name, on_bar=note) for name in ("Zeta", "Alpha", "Mid")))
        assert heard == ["Zeta", "Alpha", "Mid"] * 3


def test_a_handler_that_calls_the_one_it_overrides_keeps_its_turn(arena: Arena) -> None:
    def on_bar(self: Any, bar: Any) -> None:
        super(first, self).on_bar(bar)

    first = acting(name="First", on_bar=on_bar)
    arena.trade(_FLAT * 3)
    ran = arena.run(first, acting(name="Second"))
    assert [actor.count for actor in ran.actors] == [3, 3]


def test_bars_of_another_kind_are_heard_by_who_asked_for_them(arena: Arena) -> None:
    heard: list[str] = []

    def start(self: Any) -> None:
        name = self.seat.instruments[0].id
        kind = type(next(iter(self.seat.bar_types.values())))
        self.subscribe_bars(kind.from_str(f"{name}-10-MINUTE-LAST-INTERNAL@5-MINUTE-EXTERNAL"))

    def on_bar(_self: Any, bar: Any) -> None:
        heard.append(str(bar.bar_type.spec))

    arena.trade(_FLAT * 4)
    ran = arena.run(acting(name="First", on_start=start, on_bar=on_bar), acting(name="Second"))
    assert (heard.count("10-MINUTE-LAST"), heard.count("5-MINUTE-LAST")) == (2, 4)
    assert ran.actors[1].count == 4


def test_nobody_may_stop_listening_to_the_run_s_bars(arena: Arena) -> None:
    arena.trade(_FLAT * 3)
    script = {1: lambda actor, bar: actor.unsubscribe_bars(bar.bar_type)}
    with pytest.raises(StrategyFailed, match="PolicyRefused: Actor-000 may not unsubscribe from COIN-LINEAR"):
        arena.run(acting(script))


def test_one_may_stop_listening_to_bars_of_one_s_own(arena: Arena) -> None:
    def both(actor: Any, bar: Any) -> None:
        own = type(bar.bar_type).from_str(f"{bar.bar_type.instrument_id}-10-MINUTE-LAST-INTERNAL@5-MINUTE-EXTERNAL")
        actor.subscribe_bars(own)
        actor.unsubscribe_bars(own)

    arena.trade(_FLAT * 6)
    assert arena.run(acting({1: both})).actor.count == 6
