# file: tests/core/execution/testtransfers.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.execution.arena import Arena, acting

_FLAT = [(100, 101, 99, 100)]


@pytest.mark.parametrize("realism", ["fast", "exact"])
def test_what_the_owner_takes_out_is_no_loss_of_a_trade(arena: Arena, realism: str) -> None:
    arena.trade(_FLAT * 3 + [(100, 105, 100, 105)] + [(105, 105, 105, 105)] * 4)
    arena.events.append({"at": "2025-01-06T00:22", "withdraw": "1500 USDT"})
    script = {1: lambda actor, _bar: actor.enter(95), 6: lambda actor, _bar: actor.leave()}
    ran = arena.run(acting(script), realism=realism)
    (trade,) = ran.trades
    assert trade.pnl == 100
    assert ran.recorder.ledger.balance == 10_000 + 100 - 1_500
    assert [amount for _ts, amount in ran.recorder.ledger.transfers] == [Decimal(-1_500)]
    assert [item.sentence for item in ran.recorder.happenings] == ["withdrawal of 1500 USDT"]


def test_the_next_trade_is_sized_on_what_is_left(arena: Arena) -> None:
    arena.trade(_FLAT * 8)
    arena.events.append({"at": "2025-01-06T00:12", "withdraw": "5000 USDT"})
    script = {1: lambda actor, _bar: actor.enter(95), 2: lambda actor, _bar: actor.leave()}
    ran = arena.run(acting(script | {5: lambda actor, _bar: actor.enter(95)}))
    assert [answer.quantity for answer in ran.actor.answers] == [20, 10]


def test_more_than_there_is_cannot_be_taken(arena: Arena) -> None:
    arena.trade(_FLAT * 4)
    arena.events.append({"at": "2025-01-06T00:07", "withdraw": "10000 USDT"})
    ran = arena.run(acting())
    assert ran.recorder.ledger.balance == 10_000
    assert [(item.kind, item.sentence) for item in ran.recorder.happenings] == [
        ("withdrawal refused", "withdrawal of 10000 USDT refused: equity is 10000.00")
    ]


def test_a_withdrawal_is_no_drawdown_to_the_sizing(arena: Arena) -> None:
    arena.trade(_FLAT * 6)
    arena.events.append({"at": "2025-01-06T00:07", "withdraw": "5000 USDT"})
    ran = arena.run(acting({4: lambda actor, _bar: actor.enter(95)}))
    view = ran.recorder.decisions[0].view
    assert view is not None
    assert (view.equity, view.peak, view.drawdown) == (Decimal(5_000), Decimal(5_000), Decimal(0))
