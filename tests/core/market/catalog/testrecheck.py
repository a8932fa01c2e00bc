# file: tests/core/market/catalog/testrecheck.py
from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tradingbot.core.market.catalog.recheck import recheck, unfunded
from tradingbot.core.market.checks.defects import Defect, DefectKind, Severity
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.series import Step

COIN, PAIR = "BTCUSDT-LINEAR.BYBIT", "EUR/USD.IDEALPRO"
HOURLY = Step.parse("1h")


def stage(folder: Path) -> Stage:
    found = Stage(folder)
    found.bars(COIN, HOURLY, bars_along(np.full(81, 40_000.0), HOURLY))
    found.bars(PAIR, HOURLY, bars_along(np.full(81, 1.1), HOURLY), PriceSide.MID)
    return found


def funding_defects(found: Stage) -> list[Defect]:
    (entry,) = (entry for entry in found.catalog.listing() if entry.kind is Kind.FUNDING)
    return list(recheck(found.catalog, entry, MONDAY + 10_000 * HOUR).findings.defects)


def test_a_perpetual_without_funding_is_a_series_that_lacks_all_of_it(tmp_path: Path) -> None:
    found = stage(tmp_path)
    (checked,) = unfunded(found.catalog, found.catalog.listing())
    assert str(checked.entry.series) == f"{COIN} funding"
    (defect,) = checked.findings.defects
    assert (defect.kind, defect.severity, defect.count) == (DefectKind.GAP, Severity.WARN, 10)
    assert defect.first_time == MONDAY + 8 * HOUR
    assert defect.sentence.startswith(
        "10 of 10 settlements are missing (100.00%), the last at 2025-01-09 08:00, the first at 2025-01-06 08:00, "
        "2025-01-06 16:00, 2025-01-07 00:00, ...:"
    )


def test_funding_has_to_cover_the_bars(tmp_path: Path) -> None:
    found = stage(tmp_path)
    # Of 8, 16, ... 80 the first, 40 and the last two are absent.
    found.funding(COIN, MONDAY + np.array([16, 24, 32, 48, 56, 64]) * HOUR + 3_000_000, np.full(6, 1e-4))
    assert list(unfunded(found.catalog, found.catalog.listing())) == []
    (defect,) = funding_defects(found)
    assert (defect.count, defect.first_row) == (4, 0)
    assert defect.sentence.startswith(
        "4 of 10 settlements are missing (40.00%), the last at 2025-01-09 08:00, the first at 2025-01-06 08:00, "
        "2025-01-07 16:00, 2025-01-09 00:00, ...:"
    )


def test_stored_percentages_are_doubted(tmp_path: Path) -> None:
    found = stage(tmp_path)
    found.funding(COIN, MONDAY + 8 * HOUR * np.arange(1, 11), np.full(10, 0.01))
    (defect,) = funding_defects(found)
    assert (defect.kind, defect.severity) == (DefectKind.WRONG_UNIT, Severity.WARN)


def test_stored_settlements_that_become_one_are_named(tmp_path: Path) -> None:
    found = stage(tmp_path)
    stamps = np.sort(np.concatenate([8 * np.arange(1, 11) * HOUR, [8 * HOUR + 45_000_000_000]]))
    found.funding(COIN, MONDAY + stamps, np.full(11, 1e-4))
    assert [defect.kind for defect in funding_defects(found)] == [DefectKind.DUPLICATE_SAME]
    assert len(found.catalog.funding(COIN)) == 10
