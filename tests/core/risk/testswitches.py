# file: tests/core/risk/testswitches.py
from __future__ import annotations

import pytest

from tests.core.risk.plain import intent, policy, view
from tradingbot.core.lane import Stage
from tradingbot.core.risk.gate import rules_of
from tradingbot.core.risk.switches import SWITCHES, on_the_merits, switched_off

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
    assert switched_off(intent(), on_the_merits(seen)) is None
    assert on_the_merits(seen) == OPEN


def test_they_are_the_first_rules_of_every_lane() -> None:
    assert rules_of(policy()).before[: len(SWITCHES)] == SWITCHES
