# file: tests/core/market/checks/testfunding.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.arrays import Floats
from tradingbot.core.market.checks.defects import Defect, DefectKind, Rows, Severity
from tradingbot.core.market.checks.funding import RateUnitChecks
from tradingbot.core.market.columns import Funding


def usual(rows: int, seed: int = 1, level: float = 1e-4) -> Floats:
    return np.random.default_rng(seed).normal(level, 0.6 * level, rows)


def settled(rate: Floats, minutes: int = 480, first: int = 1) -> Funding:
    ts = (first + np.arange(len(rate))) * minutes * 60_000_000_000
    return Funding(ts, rate, np.full(len(rate), minutes))


def found(funding: Funding, stated: bool = False, held: Funding | None = None) -> list[Defect]:
    levels = RateUnitChecks(stated, held)
    levels.feed(Rows(funding, funding.ts, 0))
    return levels.defects()


@pytest.mark.parametrize("minutes", [60, 240, 480])
@pytest.mark.parametrize("level", [2e-5, 1e-4, 1e-3])
def test_quiet_and_hot_coins_are_fractions(level: float, minutes: int) -> None:
    assert found(settled(usual(90, level=level * minutes / 480), minutes)) == []


@pytest.mark.parametrize("minutes", [60, 240, 480])
@pytest.mark.parametrize("level", [2e-5, 1e-4, 1e-3])
@pytest.mark.parametrize("unit", [100, 10_000])
def test_percentages_and_basis_points_are_refused_with_the_remedy(level: float, minutes: int, unit: int) -> None:
    (defect,) = found(settled(unit * usual(90, level=level * minutes / 480), minutes))
    assert (defect.kind, defect.severity, defect.count) == (DefectKind.WRONG_UNIT, Severity.REFUSE, 90)
    assert "--unit fraction if they are right" in defect.sentence


def test_the_sentence_says_how_much_it_would_be_and_what_is_stated_is_only_doubted() -> None:
    (defect,) = found(settled(np.full(90, 0.01)))
    assert defect.sentence == (
        "the median rate is 0.01 in eight hours, as a fraction 1.00% of the position each time; usual is 0.01 %: say "
        "what the numbers are, probably --unit percent; --unit fraction if they are right"
    )
    (defect,) = found(settled(100 * usual(90)), stated=True)
    assert defect.severity is Severity.WARN
    assert "delete them and import them again with --unit percent" in defect.sentence


def test_a_few_hours_by_hand_are_taken_as_they_are_but_a_few_percentages_are_not() -> None:
    assert found(settled(np.array([0.0001, -0.0003, 0.001, 0.001]), 60)) == []
    assert [defect.kind for defect in found(settled(np.array([0.01, -0.005, 0.008])))] == [DefectKind.WRONG_UNIT]


@pytest.mark.parametrize("parts", [(1, 100), (100, 1)])
def test_two_units_in_one_file_are_refused_where_the_second_begins(parts: tuple[int, int]) -> None:
    rate = np.concatenate(
        [parts[0] * usual(150 if parts[0] == 1 else 30), parts[1] * usual(30 if parts[0] == 1 else 150)]
    )
    (defect,) = found(settled(rate))
    assert (defect.kind, defect.severity) == (DefectKind.WRONG_UNIT, Severity.REFUSE)
    assert abs(defect.first_row - (150 if parts[0] == 1 else 30)) <= 21


def test_a_file_in_another_unit_than_the_catalog_beside_it_is_refused() -> None:
    held = settled(usual(90, level=1e-5))
    quiet = settled(100 * usual(60, 2, 1e-5), first=91)
    assert found(quiet) == []
    (defect,) = found(quiet, held=held)
    assert "what the catalog holds beside it included" in defect.sentence
    assert found(settled(usual(60, 2, 1e-5), first=91), held=held) == []
    (before,) = found(settled(usual(30, 3, 1e-5)), held=settled(100 * usual(60, 2, 1e-5), first=91))
    assert before.kind is DefectKind.WRONG_UNIT


def test_rates_divided_twice_or_absent_look_free() -> None:
    assert [defect.kind for defect in found(settled(usual(90) / 100))] == [DefectKind.WRONG_UNIT]
    (zero,) = found(settled(np.where(np.arange(90) % 3, 0.0, 1e-4)))
    assert (zero.kind, zero.severity, zero.count) == (DefectKind.ZERO_RATE, Severity.WARN, 60)
