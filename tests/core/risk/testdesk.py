# file: tests/core/risk/testdesk.py
"""A size above a cap is cut to what the cap allows: the largest such size, a whole number of steps, never too small."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.risk.riskfixture import BTC, bull_put, exposure, intent, options_view, policy, refusal, sized, view
from tradingbot.core.messages.approval import Approved, Cut, Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, Side, SpreadIntent, Strength
from tradingbot.core.risk.desk import RiskDesk, cut_to_caps, largest_within_cap
from tradingbot.core.risk.rulechain import Cap, RuleChain, build_rule_chain
from tradingbot.core.risk.rules.exposure import PositionLeverage
from tradingbot.core.risk.view import Exposure, RiskView, Terms

ETH = "ETHUSDT-LINEAR.BYBIT"
_YEN = replace(BTC, step=Decimal(1), minimum=Decimal(1), minimum_notional=Decimal(0), rate=Decimal(1) / 150)


def _cut(answer: Approved | Refused) -> Cut:
    assert isinstance(answer, Approved)
    assert answer.cut is not None
    assert answer.quantity == answer.cut.allowed
    return answer.cut


def test_a_position_above_its_leverage_is_cut_to_it() -> None:
    # 5,000 x 0.02 / 300 = 0.333, worth 19,980; twice equity is 10,000, and 10,000 / 60,000 = 0.1666...
    found = _cut(RiskDesk(policy(max_asset_exposure=9)).ask(intent(stop=Decimal(59_700)), view()))
    assert (found.rule, found.was, found.limit) == ("position_leverage", "19980.00", "10000.00")
    assert (found.wanted, found.allowed) == (Decimal("0.333"), Decimal("0.166"))
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: the position would be 19980.00, 4.00 times equity; the limit is 10000.00, 2 times;"
        " cut from 0.333 to 0.166"
    )


def test_of_several_caps_the_tightest_wins_and_is_named() -> None:
    # 0.333 wanted. Leverage leaves 10,000; the asset 10,000 - 6,000; the lane 20,000 - 6,000 - 11,000 = 3,000; the
    # cluster 15,000 - 6,000 - 11,000 < 0 were ETH in it. 3,000 / 60,000 = 0.05.
    held = (exposure(6_000), exposure(11_000, "ETH"))
    seen = view(exposures=held, correlations={ETH: 0.0})
    found = _cut(RiskDesk(policy()).ask(intent(stop=Decimal(59_700)), seen))
    assert (found.rule, found.was, found.allowed) == ("lane_exposure", "36980.00", Decimal("0.050"))


def test_of_caps_that_leave_the_same_the_first_is_named() -> None:
    found = _cut(RiskDesk(policy()).ask(intent(stop=Decimal(59_700)), view()))
    assert (found.rule, found.allowed) == ("position_leverage", Decimal("0.166"))


def test_a_cluster_is_cut_to_its_room_and_refused_where_its_direction_is_full() -> None:
    # Wanted 0.083, 4,980. The cluster may hold 15,000 in one direction.
    room = view(exposures=(exposure(12_000, "ETH"),), correlations={ETH: 0.9})
    assert _cut(RiskDesk(policy()).ask(intent(), room)).allowed == Decimal("0.050")
    full = view(exposures=(exposure(15_000, "ETH"),), correlations={ETH: 0.9})
    refused = refusal(RiskDesk(policy()).ask(intent(), full))
    assert (refused.rule, refused.was, refused.limit) == ("correlation_cap", "19980.00", "15000.00")
    assert refused.sentence.endswith("; that leaves a quantity of 0.000, the venue's minimum is 0.001 (worth 60.00)")
    # The other direction hedges: nothing is cut.
    hedge = RiskDesk(policy()).ask(intent(Side.SHORT), full)
    assert isinstance(hedge, Approved)
    assert hedge.cut is None


def test_a_structure_is_cut_to_whole_contracts_by_what_is_set_aside() -> None:
    # 100,000 x 0.01 / 350 = 2.86: 2 contracts that lose 700; 50,000 - 49,500 = 500 are left: 1 contract, 350.
    wish, legs = bull_put()
    held = exposure(0, "QQQ", reserved=Decimal(49_500))
    seen = options_view(
        legs, equity=Decimal(100_000), terms=next(iter(legs.values())), exposures=(held,),
        correlations={held.instrument: 0.0},
    )  # fmt: skip
    answer = RiskDesk(policy()).ask(wish, seen)
    found = _cut(answer)
    assert (found.rule, found.was, found.limit) == ("option_reserve", "50200.00", "50000.00")
    assert (found.wanted, found.allowed) == (Decimal(2), Decimal(1))
    assert isinstance(answer, Approved)
    assert answer.reserved == Decimal(350)


def test_what_is_left_below_the_venues_minimum_is_refused_by_the_cap_and_tells_both() -> None:
    held = view(exposures=(exposure(9_950),))
    refused = refusal(RiskDesk(policy()).ask(intent(), held))
    assert (refused.rule, refused.was, refused.limit) == ("asset_exposure", "14930.00", "10000.00")
    assert refused.sentence == (
        "BTCUSDT-LINEAR.BYBIT: exposure of BTC would be 14930.00, limit is 10000.00 (2 times equity); that leaves a"
        " quantity of 0.000, the venue's minimum is 0.001 (worth 60.00)"
    )


def test_a_cut_below_the_least_order_value_is_refused() -> None:
    terms = replace(BTC, minimum_notional=Decimal(100))
    refused = refusal(RiskDesk(policy()).ask(intent(), view(terms=terms, exposures=(exposure(9_901),))))
    # 99 / 60,000 = 0.00165: 0.001, worth 60.
    assert refused.sentence.endswith("; that leaves an order of 60.00, the venue's minimum is 100.00")


def test_a_cap_is_compared_at_the_worse_of_the_intents_price_and_the_markets() -> None:
    # Sized and capped at 60,000, though the intent says 50,000: 10,000 / 60,000, not 10,000 / 50,000.
    named = intent(price=Decimal(50_000), stop=Decimal(49_700))
    wide = policy(max_stop_distance="0.15", max_asset_exposure=9, max_position_leverage="0.1")
    honest = RiskDesk(wide).ask(replace(named, stop=Decimal(51_500), price=Decimal(60_000)), view())
    found = _cut(
        RiskDesk(wide).ask(replace(named, price=Decimal(52_000), stop=Decimal(51_500)), view(mark=Decimal(60_000)))
    )
    assert found.allowed == _cut(honest).allowed == Decimal("0.008")


def test_other_rules_refuse_before_anything_is_cut() -> None:
    many = tuple(exposure(1, f"C{number}") for number in range(8))
    seen = view(exposures=many, correlations={each.instrument: 0.0 for each in many})
    refused = refusal(RiskDesk(policy()).ask(intent(stop=Decimal(59_700)), seen))
    assert refused.rule == "open_positions"


def test_a_rate_without_an_exact_decimal_costs_no_step() -> None:
    # A yen is 1 / 150 dollar: at 150 a unit is worth one dollar, and 10,000 are allowed.
    wish = sized(signed=20_000, quantity=20_000, of=intent(price=Decimal(150), stop=Decimal(149)))
    assert largest_within_cap(PositionLeverage(Decimal(2)), wish, view(terms=_YEN)) == 10_000


def test_what_breaks_no_cap_is_left_as_it_is() -> None:
    wish = sized(signed=6_000, quantity="0.1")
    assert cut_to_caps(wish, view(), build_rule_chain(policy()).after) is wish


_share = st.decimals(-1, 1, places=3)
_terms = st.builds(
    lambda step, least, worth, rate: replace(
        BTC, step=Decimal(step), minimum=least * Decimal(step), minimum_notional=Decimal(worth), rate=rate
    ),
    st.sampled_from(["0.001", "0.0005", "0.03"]), st.integers(1, 20), st.integers(0, 300),
    st.sampled_from([Decimal(1), Decimal(1) / 150, Decimal("1.0837")]),
)  # fmt: skip


@st.composite
def _single(draw: st.DrawFn) -> tuple[Intent, RiskView]:
    side, price = draw(st.sampled_from(list(Side))), draw(st.decimals(55_000, 65_000, places=1))
    room = Decimal(draw(st.sampled_from(["0.002", "0.01", "0.03"])))
    wish = intent(
        side, price=price, stop=price * (1 - side.sign * room), strength=draw(st.sampled_from(list(Strength)))
    )
    equity = draw(st.decimals(5_000, 100_000, places=2))
    held = draw(st.dictionaries(st.sampled_from(["BTC", "ETH", "SOL"]), _share, max_size=3))
    known = draw(st.dictionaries(st.sampled_from(["ETH", "SOL"]), st.none() | st.floats(-1, 1), max_size=2))
    return wish, view(
        equity=equity,
        peak=equity,
        mark=draw(st.none() | st.decimals("0.999", "1.001", places=5).map(lambda factor: factor * price)),
        leverage=draw(st.sampled_from([Decimal(1), Decimal("2.5"), Decimal(10_000)])),
        terms=draw(_terms),
        exposures=tuple(exposure(share * equity, asset, asset) for asset, share in held.items()),
        correlations={f"{asset}USDT-LINEAR.BYBIT": value for asset, value in known.items()},
    )


@st.composite
def _structure(draw: st.DrawFn) -> tuple[SpreadIntent, RiskView]:
    wish, legs = bull_put()
    equity = draw(st.decimals(20_000, 900_000, places=2))
    held = exposure(0, "QQQ", reserved=max(equity / 2 - draw(st.decimals(0, 2_000, places=2)), Decimal(0)))
    return wish, options_view(legs, equity=equity, terms=next(iter(legs.values())), exposures=(held,))


_limits: dict[str, Any] = {
    "max_position_leverage": st.decimals("0.1", 5, places=2),
    "max_asset_exposure": st.decimals("0.1", 5, places=2),
    "max_lane_exposure": st.decimals("0.1", 5, places=2),
    "correlation": st.fixed_dictionaries({"max_exposure": st.decimals("0.1", 5, places=2)}),
    "max_reserved": st.sampled_from(["0.5", "0.5", "0.3"]),
}


@settings(max_examples=300)
@given(_single() | _single() | _structure(), st.fixed_dictionaries(_limits))
def test_a_cut_size_is_the_largest_that_every_rule_allows(asked: Any, limits: dict[str, Any]) -> None:
    wish, seen = asked
    lane = policy(**limits)
    rules = build_rule_chain(lane)
    answer, strict = (
        RiskDesk(lane).ask(wish, seen),
        RiskDesk(lane.model_copy(update={"over_cap": "refuse"})).ask(wish, seen),
    )
    if isinstance(strict, Approved) or rules.admits(wish, seen) is not None:
        assert answer == strict
        return
    if answer == strict:  # no cap was broken
        assert strict.rule not in {rule.name for rule in rules.after if isinstance(rule, Cap)}
        return
    uncut = RiskDesk(lane).sized(wish, seen)
    if isinstance(answer, Refused):
        _nothing_is_left(answer, uncut, seen, rules.after)
        return
    found = _cut(answer)
    step, least = seen.terms.step, max(seen.terms.minimum, seen.terms.step)
    assert found.wanted == uncut.quantity > answer.quantity >= least
    assert answer.quantity % step == 0
    smaller = uncut.smaller(answer.quantity)
    assert rules.accepts(smaller, seen) is None
    if isinstance(wish, Intent):
        worth = answer.quantity * min(seen.prices(wish.price)) * seen.terms.multiplier
        assert worth >= seen.terms.minimum_notional
    larger = rules.accepts(uncut.smaller(answer.quantity + step), seen)
    assert larger is not None
    named = next(rule for rule in rules.after if rule.name == found.rule)
    assert named.check(uncut.smaller(answer.quantity + step), seen) is not None
    first = refusal(named.check(uncut, seen))
    assert (found.was, found.limit) == (first.was, first.limit)
    assert found.sentence.startswith(first.sentence)


def _nothing_is_left(answer: Refused, uncut: SizedIntent, seen: RiskView, rules: Any) -> None:
    """What a cap leaves is too small, or a rule that is no cap refuses whatever the size."""
    caps = {rule.name: rule for rule in rules if isinstance(rule, Cap)}
    if answer.rule in caps:
        left = uncut.smaller(largest_within_cap(caps[answer.rule], uncut, seen))
        assert rules[0].check(left, seen) is not None
        assert "; that leaves " in answer.sentence
    else:
        assert answer.rule in {"open_positions", "venue_minimum"}


@pytest.mark.parametrize("rule", [rule for rule in build_rule_chain(policy()).after if isinstance(rule, Cap)])
def test_a_full_cap_has_no_room(rule: Cap) -> None:
    held = exposure(99_000, reserved=Decimal(99_000))
    wish = sized(signed=0, risk=5_000) if rule.name == "option_reserve" else sized(signed=50_000)
    seen = view(exposures=(held,))
    assert rule.check(wish, seen) is not None
    assert rule.name == "position_leverage" or rule.room(wish, seen) <= 0


ASSETS = ("BTC", "ETH", "SOL", "XRP")
LIMITS = policy(max_open_positions=3)


def _terms_desk(asset: str) -> Terms:
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
    for desk in (RiskDesk(LIMITS), RiskDesk(LIMITS.model_copy(update={"over_cap": "refuse"}))):
        _caps_hold_along(desk, steps, known)


def _caps_hold_along(desk: RiskDesk, steps: list[Any], known: dict[frozenset[str], float | None]) -> None:
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
            terms = _terms_desk(ASSETS[number])
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
    asked, spared = RiskDesk(LIMITS), RiskDesk(LIMITS)
    for _what, number, side, distance, strength, _factor in steps:
        terms = _terms_desk(ASSETS[number])
        stop = 60_000 * (1 - side.sign * Decimal(distance))
        wish = intent(side, instrument=terms.instrument, stop=stop, strength=strength)
        seen = view(terms=terms)
        assert isinstance(asked.ask(replace(wish, stop=None), seen), Refused)
        assert asked.ask(wish, seen) == spared.ask(wish, seen)


def test_an_intent_is_sized_by_the_worse_of_its_own_price_and_the_markets() -> None:
    honest = RiskDesk(LIMITS).ask(intent(), view())
    flattered = RiskDesk(LIMITS).ask(intent(price=Decimal(59_000)), view(mark=Decimal(60_000)))
    assert isinstance(honest, Approved)
    assert isinstance(flattered, Approved)
    assert flattered.quantity == honest.quantity


def test_a_price_far_from_the_market_does_not_hide_a_stop_that_is_too_far() -> None:
    answer = refusal(
        RiskDesk(LIMITS).ask(intent(price=Decimal(51_000), stop=Decimal(50_000)), view(mark=Decimal(60_000)))
    )
    assert answer.sentence == "BTCUSDT-LINEAR.BYBIT: the stop was 16.67% away, the limit is 15.00%"


def test_a_structure_is_sized_on_what_it_can_lose() -> None:
    wish, legs = bull_put()
    seen = options_view(legs, equity=Decimal(100_000), terms=next(iter(legs.values())))
    answer = RiskDesk(LIMITS).ask(wish, seen)
    # 100,000 x 0.01 / (3.50 x 100) = 2.86 contracts; each reserves 350
    assert isinstance(answer, Approved)
    assert (answer.quantity, answer.reserved) == (Decimal(2), Decimal(350))


def test_a_rule_that_raises_approves_nothing() -> None:
    class Broken:
        name = "broken"

        def check(self, _subject: Any, _seen: RiskView) -> Refused | None:
            raise RuntimeError("no answer")

    desk = RiskDesk(LIMITS, RuleChain((Broken(),), ()))
    with pytest.raises(RuntimeError, match="no answer"):
        desk.ask(intent(), view())


def test_an_approval_lives_for_the_lanes_deadline() -> None:
    answer = RiskDesk(LIMITS).ask(intent(), view())
    assert isinstance(answer, Approved)
    assert answer.expires == view().ts + 900 * 1_000_000_000
