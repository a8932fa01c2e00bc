# file: tests/core/risk/testrulechain.py
"""Every rule is needed: with it a scenario is refused under its name, without it the same scenario is approved."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest

from tests.core.risk.riskfixture import (
    bull_put,
    exposure,
    intent,
    option,
    options_view,
    policy,
    refusal,
    structure,
    view,
)
from tradingbot.core.lane import Stage
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Side
from tradingbot.core.risk import rules
from tradingbot.core.risk.desk import RiskDesk
from tradingbot.core.risk.rulechain import SWITCHES, Cap, RuleChain, build_rule_chain, switched_off, with_switches_on
from tradingbot.core.risk.view import RiskView

OPEN = view(stage=Stage.LIVE, enabled=True, promoted=True)


@pytest.mark.parametrize(
    ("off", "rule"),
    [
        ({"halted": "flood"}, "lane_halted"),
        ({"enabled": False}, "lane_enabled"),
        ({"promoted": False}, "candidate_promoted"),
    ],
)
def test_a_switch_that_is_off_stops_the_intent_and_none_on_its_merits(off: dict[str, object], rule: str) -> None:
    seen = view(stage=Stage.LIVE, **({"enabled": True, "promoted": True} | off))
    refused = switched_off(intent(), seen)
    assert refused is not None
    assert refused.rule == rule
    assert switched_off(intent(), with_switches_on(seen)) is None
    assert with_switches_on(seen) == OPEN


def test_they_are_the_first_rules_of_every_lane() -> None:
    assert build_rule_chain(policy()).before[: len(SWITCHES)] == SWITCHES


SHIPPED = build_rule_chain(policy())


def _spread(**changes: Any) -> tuple[Any, RiskView]:
    wish, legs = bull_put(**changes)
    return wish, options_view(legs, equity=Decimal(100_000), terms=next(iter(legs.values())))


def _naked() -> tuple[Any, RiskView]:
    wish, legs = structure([(Side.SHORT, option("C", 520), "1.00")], "5.00")
    return wish, options_view(legs, equity=Decimal(100_000), terms=next(iter(legs.values())))


def _reserved() -> tuple[Any, RiskView]:
    wish, known = _spread()
    held = exposure(0, "QQQ", reserved=Decimal(49_500))
    return wish, replace(known, exposures=(held,), correlations={held.instrument: 0.0})


_WIDE = {
    "max_asset_exposure": 50,
    "max_lane_exposure": 50,
    "max_position_leverage": 50,
    "correlation": {"max_exposure": 99},
}
_BAD_DAY = {"realised_today": Decimal(-400)}
_TINY = {"equity": Decimal(500)}
_MANY = tuple(exposure(1, f"C{number}") for number in range(8))
_SAME = (exposure(8_000, "ETH"),)

# rule -> intent, view, policy
SCENARIOS: dict[str, Callable[[], tuple[Any, RiskView, dict[str, Any]]]] = {
    "lane_halted": lambda: (intent(), view(halted="drill"), {}),
    "lane_enabled": lambda: (intent(), view(stage=Stage.LIVE, enabled=False, promoted=True), {}),
    "candidate_promoted": lambda: (intent(), view(stage=Stage.LIVE, enabled=True, promoted=False), {}),
    "stop_required": lambda: (intent(stop=None), view(), {}),
    "stop_side": lambda: (intent(stop=Decimal(60_600)), view(), {}),
    "stop_distance": lambda: (intent(stop=Decimal(48_000)), view(), {}),
    "target_side": lambda: (intent(target=Decimal(59_000)), view(), {}),
    "defined_risk": lambda: (*_naked(), _WIDE),
    "market_sane": lambda: (intent(), view(spread=Decimal(600)), {}),
    "daily_loss": lambda: (intent(), view(**_BAD_DAY), {}),
    "venue_minimum": lambda: (intent(), view(**_TINY), {}),
    "position_leverage": lambda: (intent(stop=Decimal(59_700)), view(), _WIDE | {"max_position_leverage": 2}),
    "open_positions": lambda: (
        intent(), view(exposures=_MANY, correlations={each.instrument: 0.0 for each in _MANY}), {}
    ),
    "asset_exposure": lambda: (
        intent(), view(exposures=(exposure(6_000),)), _WIDE | {"max_asset_exposure": 2}
    ),
    "lane_exposure": lambda: (
        intent(), view(exposures=_SAME, correlations={_SAME[0].instrument: 0.0}), _WIDE | {"max_lane_exposure": 2}
    ),
    "option_reserve": lambda: (*_reserved(), _WIDE | {"max_reserved": "0.5"}),
    "correlation_cap": lambda: (
        intent(), view(exposures=_SAME, correlations={_SAME[0].instrument: 0.9}),
        _WIDE | {"correlation": {"max_exposure": 2}},
    ),
    "solvent": lambda: (intent(), view(equity=Decimal(0), peak=Decimal(0)), _WIDE),
}  # fmt: skip
_SIZED_TO_NOTHING = {"solvent", "venue_minimum"}
"""Without these the desk approves a quantity of nothing: the order is what the engine refuses."""


def _without(gate: RuleChain, name: str) -> RuleChain:
    return RuleChain(
        tuple(rule for rule in gate.before if rule.name != name),
        tuple(rule for rule in gate.after if rule.name != name),
    )


def test_every_rule_of_the_gate_has_its_scenario() -> None:
    names = [rule.name for rule in SHIPPED.before] + [rule.name for rule in SHIPPED.after]
    assert sorted(names) == sorted(SCENARIOS)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_what_only_this_rule_refuses_passes_without_it(name: str) -> None:
    wish, known, changes = SCENARIOS[name]()
    limits = policy(**changes, over_cap="refuse")
    answer = refusal(RiskDesk(limits).ask(wish, known))
    assert answer.rule == name
    mutant = build_rule_chain(limits)
    for gone in {name} | (_SIZED_TO_NOTHING if name in _SIZED_TO_NOTHING else set()):
        mutant = _without(mutant, gone)
    if name == "stop_required":
        with pytest.raises(ValueError, match="an entry without a stop cannot be sized"):
            RiskDesk(limits, mutant).ask(wish, known)
        return
    assert isinstance(RiskDesk(limits, mutant).ask(wish, known), Approved)


# What each cap leaves of the size its scenario wants: its room / what a unit puts at stake, down to the step.
ALLOWED = {
    "position_leverage": ("0.333", "0.166"),  # 10,000 / 60,000
    "asset_exposure": ("0.083", "0.066"),  # (10,000 - 6,000) / 60,000
    "lane_exposure": ("0.083", "0.033"),  # (10,000 - 8,000) / 60,000
    "option_reserve": ("2", "1"),  # (50,000 - 49,500) / 350
    "correlation_cap": ("0.083", "0.033"),  # (10,000 - 8,000) / 60,000
}


def test_the_caps_are_these() -> None:
    assert {rule.name for rule in SHIPPED.after if isinstance(rule, Cap)} == set(ALLOWED)
    assert not any(isinstance(rule, Cap) for rule in SHIPPED.before)


@pytest.mark.parametrize("name", ALLOWED)
def test_what_a_cap_refuses_is_cut_to_it_instead_where_the_policy_says_so(name: str) -> None:
    wish, known, changes = SCENARIOS[name]()
    limits = policy(**changes)
    answer = RiskDesk(limits).ask(wish, known)
    assert isinstance(answer, Approved)
    assert answer.cut is not None
    assert (answer.cut.rule, str(answer.cut.wanted), str(answer.cut.allowed)) == (name, *ALLOWED[name])


def rule_of(value: Any, module: str) -> bool:
    return isinstance(value, type) and value.__module__ == module and hasattr(value, "check")


def test_every_rule_in_the_folder_is_installed_once() -> None:
    found = set()
    for module in pkgutil.iter_modules(rules.__path__):
        loaded = importlib.import_module(f"{rules.__name__}.{module.name}")
        found |= {
            rule
            for rule in vars(loaded).values()
            if isinstance(rule, type) and rule.__module__ == loaded.__name__ and hasattr(rule, "check")
        }
    assert {type(rule) for rule in (*SHIPPED.before, *SHIPPED.after)} == found


@pytest.mark.parametrize("rule", [*SHIPPED.before, *SHIPPED.after], ids=lambda rule: str(rule.name))
def test_a_rule_is_a_value_that_changes_nothing(rule: Any) -> None:
    assert pickle.loads(pickle.dumps(rule)) == rule  # noqa: S301 - our own bytes
    with pytest.raises((AttributeError, TypeError)):
        rule.name = "other"
    wish, known, _changes = SCENARIOS[rule.name]()
    subject = RiskDesk(policy(), RuleChain((), ())).sized(wish, known) if rule in SHIPPED.after else wish
    before = (repr(subject), repr(known))
    assert rule.check(subject, known) == rule.check(subject, known)
    assert (repr(subject), repr(known)) == before


@pytest.mark.parametrize("field", ["equity", "price", "stop", "spread", "realised_today"])
@pytest.mark.parametrize("nonsense", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_nonsense_is_never_approved(field: str, nonsense: str) -> None:
    bad = Decimal(nonsense)
    asked: dict[str, Any] = {field: bad} if field in ("price", "stop") else {}
    known = view(**({} if asked else {field: bad}))
    try:
        answer = RiskDesk(policy()).ask(intent(**asked), known)
    except (InvalidOperation, ValueError, OverflowError):
        return
    if nonsense == "Infinity" and field == "realised_today":
        assert isinstance(answer, Approved)
        return
    assert isinstance(answer, Refused)
