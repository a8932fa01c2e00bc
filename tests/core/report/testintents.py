# file: tests/core/report/testintents.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tradingbot.core.messages.answers import Approved, Cut, Refused
from tradingbot.core.report.intents import IntentCounts, many_stopped

_YES = Approved("A1", "S", (), Decimal(2), None, None, 0)


def _no(rule: str) -> Refused:
    return Refused("S", "I", 0, rule, "2", "1", "I: no")


def _less(rule: str) -> Approved:
    cut = Cut("S", "I", 0, rule, "2", "1", Decimal(2), Decimal(1), "I: less")
    return Approved("A1", "S", (), Decimal(1), None, None, 0, cut=cut)


def test_each_intent_counts_once_and_by_its_rule() -> None:
    answers: list[Approved | Refused] = [
        _YES, _no("daily_loss"), _less("asset_exposure"), _no("solvent"), _less("asset_exposure"), _no("solvent"),
    ]  # fmt: skip
    assert IntentCounts.of(answers).to_dict() == {
        "proposed": 6, "refused": 3, "cut": 2, "share": 5 / 6,
        "refused_by_rule": {"solvent": 2, "daily_loss": 1}, "cut_by_rule": {"asset_exposure": 2},
    }  # fmt: skip


def test_without_intents_there_is_no_share_and_nothing_to_warn_of() -> None:
    counts = IntentCounts.of([]).to_dict()
    assert counts["share"] is None
    assert many_stopped(counts) is None


@pytest.mark.parametrize(("stopped", "warned"), [(0, False), (4, False), (5, True), (100, True)])
def test_it_warns_from_a_twentieth_on(stopped: int, warned: bool) -> None:
    for answer in (_no("solvent"), _less("asset_exposure")):
        counts = IntentCounts.of([answer] * stopped + [_YES] * (100 - stopped))
        assert (many_stopped(counts.to_dict()) is not None) is warned
