# file: tests/core/execution/testriskview.py
"""What the desk is shown in the middle of a run, checked by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.core.execution.enginefixture import COIN, FLAT, Engine, Ran, acting, listing
from tradingbot.core.execution.riskview import return_correlation
from tradingbot.core.messages.intent import Side
from tradingbot.core.risk.view import Exposure, RiskView


def _walk(seed: int, shared: np.typing.NDArray[np.float64] | float = 0.0) -> np.typing.NDArray[np.float64]:
    own = np.random.default_rng(seed).normal(0, 0.01, 300)
    return np.asarray(100 * np.exp(np.cumsum(own + shared)))


TS = np.arange(300, dtype=np.int64)


def test_it_is_numpys_on_the_window() -> None:
    common = np.random.default_rng(9).normal(0, 0.01, 300)
    one, other = _walk(1, common), _walk(2, -common)
    expected = np.corrcoef(np.diff(np.log(one[-101:])), np.diff(np.log(other[-101:])))[0, 1]
    assert return_correlation((TS, one), (TS, other), 100, 60) == pytest.approx(expected, abs=1e-12)
    assert expected < -0.3


def test_only_common_stamps_count() -> None:
    one, other = _walk(1), _walk(1)
    kept = TS % 3 != 0
    assert return_correlation((TS, one), (TS[kept], other[kept]), 299, 60) == pytest.approx(1.0)


@pytest.mark.parametrize("rows", [0, 1, 60])
def test_too_little_is_not_known(rows: int) -> None:
    one = _walk(1)
    assert return_correlation((TS, one), (TS[:rows], one[:rows]), 299, 60) is None


def test_what_did_not_move_is_not_known() -> None:
    assert return_correlation((TS, _walk(1)), (TS, np.full(300, 5.0)), 299, 60) is None


_OTHER = "OTHER-LINEAR.BYBIT"


def _views(ran: Ran) -> list[RiskView]:
    return [decision.view for decision in ran.recorder.decisions if decision.view is not None]


def test_what_is_held_is_worth_its_last_price(engine: Engine) -> None:
    engine.trade(FLAT * 2 + [(100, 110, 100, 110)] * 4)
    bull = acting({1: lambda actor, _bar: actor.enter(95)}, "Bull")
    bear = acting({4: lambda actor, _bar: actor.enter(130, side=Side.SHORT)}, "Bear")
    first, second = _views(engine.run(bull, bear))
    assert (first.equity, first.exposures) == (Decimal(10_000), ())
    assert second.exposures == (Exposure("Bull-000", COIN, "BTC", Decimal(2_200)),)
    assert (second.equity, second.mark, second.about) == (Decimal(10_200), Decimal(110), "BTC")


def test_what_is_approved_and_not_filled_counts_too(engine: Engine) -> None:
    engine.trade(FLAT * 4)
    script = {2: lambda actor, _bar: actor.enter(95)}
    first, second = _views(engine.run(acting(script, "One"), acting(script, "Two")))
    assert first.exposures == ()
    assert [(each.strategy, each.signed) for each in second.exposures] == [("One-000", Decimal(2_000))]


def test_trades_closed_today_add_up_and_midnight_forgets_them(engine: Engine) -> None:
    engine.trade(FLAT * 2 + [(100, 100, 98, 98)] + [(98, 98, 98, 98)] * 300)
    script: dict[int, Any] = {1: lambda actor, _bar: actor.enter(95), 3: lambda actor, _bar: actor.leave()}
    script |= {6: lambda actor, _bar: actor.enter(95), 8: lambda actor, _bar: actor.leave()}
    ran = engine.run(acting(script | {295: lambda actor, _bar: actor.enter(95)}))
    assert [view.realised_today for view in _views(ran)] == [0, -40, 0]


def test_the_spread_is_the_quoted_one_or_the_lanes(engine: Engine) -> None:
    engine.lane_of(spread={"ticks": 4, "bps": 0})
    engine.trade(FLAT * 4)
    enter = {2: lambda actor, _bar: actor.enter(95)}
    for realism in ("exact", "fast"):
        (view,) = _views(engine.run(acting(enter), realism=realism))
        assert view.spread == Decimal("0.4")


def test_correlations_are_of_the_returns_so_far(engine: Engine) -> None:
    engine.risk["correlation"] = {"max_exposure": 99, "window": 60, "minimum": 30}
    path = 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.004, 80)))
    rows = [(a, max(a, b), min(a, b), b) for a, b in zip(np.r_[100, path[:-1]], path, strict=True)]
    engine.trade(rows)
    engine.trade(
        [tuple(200 - price for price in (a, low, high, b)) for a, high, low, b in rows], listing(_OTHER, base="ETH")
    )
    hold = {5: lambda actor, _bar: actor.enter(87, of=1)}
    early = {30: lambda actor, _bar: actor.enter(87)}
    late = {140: lambda actor, _bar: actor.enter(87)}
    ran = engine.run(acting(hold, "Hold"), acting(early, "Early"), acting(late, "Late"))
    _, before, after = _views(ran)
    assert before.correlations == {_OTHER: None}
    assert after.correlations[_OTHER] == pytest.approx(-1, abs=0.01)


def test_a_silent_feed_makes_the_last_price_old(engine: Engine) -> None:
    engine.trade(FLAT * 8)
    engine.trade(FLAT * 8, listing(_OTHER, base="ETH"))
    engine.events.append({"at": "2025-01-06T00:10", "gap": "25m", "instruments": [_OTHER]})
    # bars of both until 00:10, then of the coin alone: the seventh bar heard is the coin's of 00:25
    ran = engine.run(acting({7: lambda actor, _bar: actor.enter(95, of=1)}))
    (view,) = _views(ran)
    assert view.data_age == 15 * 60 * 1_000_000_000
    assert ran.rules == ["market_sane"]
    assert ran.recorder.refusals[0].sentence == f"{_OTHER}: the last price is 900 s old, the limit is 600 s"
