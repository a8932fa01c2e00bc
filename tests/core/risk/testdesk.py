# file: tests/core/risk/testdesk.py
"""No sequence of intents, fills, cancels, exits and price moves breaks a cap; a refusal leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.risk.plain import BTC, bull_put, intent, options_view, policy, view
from tradingbot.core.messages.answers import Approved, Refused
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.core.risk.desk import Desk
from tradingbot.core.risk.gate import Gate
from tradingbot.core.risk.view import Exposure, RiskView, Terms

ASSETS = ("BTC", "ETH", "SOL", "XRP")
LIMITS = policy(max_open_positions=3)


def _terms(asset: str) -> Terms:
    return replace(BTC, instrument=f"{asset}USDT-LINEAR.BYBIT", asset=asset)


def _correlations(asset: str, held: list[Exposure], known: dict[frozenset[str], float | None]) -> dict[str, Any]:
    return {each.instrument: known[frozenset((asset, each.asset))] for each in held if each.asset != asset}


_steps = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "ask", "fill", "cancel", "leave", "move"]),
        st.integers(0, 3),
        st.sampled_from(list(Side)),
        st.sampled_from(["0.003", "0.01", "0.04", "0.14"]),
        st.sampled_from(list(Strength)),
        st.floats(0.7, 1.4),
    ),
    min_size=1,
    max_size=40,
)


@given(_steps, st.dictionaries(st.sampled_from([frozenset((a, b)) for a in ASSETS for b in ASSETS if a < b]),
                               st.none() | st.floats(-1, 1)))  # fmt: skip
def test_caps_hold_after_every_approval(steps: list[Any], some: dict[frozenset[str], float | None]) -> None:
    known = {frozenset((a, b)): some.get(frozenset((a, b))) for a in ASSETS for b in ASSETS if a != b}
    for desk in (Desk(LIMITS), Desk(LIMITS.model_copy(update={"over_cap": "refuse"}))):
        _caps_hold_along(desk, steps, known)


def _caps_hold_along(desk: Desk, steps: list[Any], known: dict[frozenset[str], float | None]) -> None:
    equity, held = Decimal(20_000), list[Exposure]()
    for what, number, side, distance, strength, factor in steps:
        if what in ("cancel", "leave") and held:
            held.pop(number % len(held))
        elif what == "fill" and held:
            each = held[number % len(held)]
            held[number % len(held)] = replace(each, strategy=each.strategy.removesuffix("?"))
        elif what == "move":
            moved = Decimal(str(round(factor, 3)))
            held = [replace(each, signed=each.signed * moved) for each in held]
        elif what == "ask":
            terms = _terms(ASSETS[number])
            stop = 60_000 * (1 - side.sign * Decimal(distance))
            wish = intent(side, instrument=terms.instrument, stop=stop, strength=strength)
            seen = view(
                equity=equity, terms=terms, exposures=tuple(held), correlations=_correlations(terms.asset, held, known)
            )
            answer = desk.ask(wish, seen)
            if isinstance(answer, Approved):
                line = Exposure(f"s{len(held)}?", terms.instrument, terms.asset, side.sign * answer.quantity * 60_000)
                held.append(line)
                _caps_hold(line, held, seen)


def _caps_hold(new: Exposure, held: list[Exposure], seen: RiskView) -> None:
    equity = seen.equity
    assert abs(new.signed) <= LIMITS.max_position_leverage * equity
    assert sum(each.gross for each in held if each.asset == new.asset) <= LIMITS.max_asset_exposure * equity
    assert sum(each.gross for each in held) <= LIMITS.max_lane_exposure * equity
    assert len({(each.strategy, each.instrument) for each in held}) <= LIMITS.max_open_positions
    together = abs(new.signed)
    for each in held[:-1]:
        known = 1.0 if each.asset == new.asset else seen.correlations.get(each.instrument)
        if known is None:
            together += each.gross
        elif abs(known) >= float(LIMITS.correlation.limit):
            together += each.signed * (1 if known > 0 else -1) * (1 if new.signed > 0 else -1)
    if any(each.asset != new.asset for each in held) or together > abs(new.signed):
        assert together <= LIMITS.correlation.max_exposure * equity or together == abs(new.signed)


@given(_steps)
def test_a_refused_intent_leaves_no_trace_in_the_desk(steps: list[Any]) -> None:
    asked, spared = Desk(LIMITS), Desk(LIMITS)
    for _what, number, side, distance, strength, _factor in steps:
        terms = _terms(ASSETS[number])
        stop = 60_000 * (1 - side.sign * Decimal(distance))
        wish = intent(side, instrument=terms.instrument, stop=stop, strength=strength)
        seen = view(terms=terms)
        assert isinstance(asked.ask(replace(wish, stop=None), seen), Refused)
        assert asked.ask(wish, seen) == spared.ask(wish, seen)


def test_an_intent_is_sized_by_the_worse_of_its_own_price_and_the_markets() -> None:
    honest = Desk(LIMITS).ask(intent(), view())
    flattered = Desk(LIMITS).ask(intent(price=Decimal(59_000)), view(mark=Decimal(60_000)))
    assert isinstance(honest, Approved)
    assert isinstance(flattered, Approved)
    assert flattered.quantity == honest.quantity


def test_a_price_far_from_the_market_does_not_hide_a_stop_that_is_too_far() -> None:
    answer = Desk(LIMITS).ask(intent(price=Decimal(51_000), stop=Decimal(50_000)), view(mark=Decimal(60_000)))
    assert isinstance(answer, Refused)
    assert answer.sentence == "BTCUSDT-LINEAR.BYBIT: the stop was 16.67% away, the limit is 15.00%"


def test_a_structure_is_sized_on_what_it_can_lose() -> None:
    wish, legs = bull_put()
    seen = options_view(legs, equity=Decimal(100_000), terms=next(iter(legs.values())))
    answer = Desk(LIMITS).ask(wish, seen)
    # 100,000 x 0.01 / (3.50 x 100) = 2.86 contracts; each reserves 350
    assert isinstance(answer, Approved)
    assert (answer.quantity, answer.reserved) == (Decimal(2), Decimal(350))


def test_a_rule_that_raises_approves_nothing() -> None:
    class Broken:
        name = "broken"

        def check(self, _subject: Any, _seen: RiskView) -> Refused | None:
            raise RuntimeError("no answer")

    desk = Desk(LIMITS, Gate((Broken(),), ()))
    with pytest.raises(RuntimeError, match="no answer"):
        desk.ask(intent(), view())


def test_an_approval_lives_for_the_lanes_deadline() -> None:
    answer = Desk(LIMITS).ask(intent(), view())
    assert isinstance(answer, Approved)
    assert answer.expires == view().ts + 900 * 1_000_000_000
