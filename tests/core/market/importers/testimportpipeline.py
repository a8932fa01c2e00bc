# file: tests/core/market/importers/testimportpipeline.py
"""A file is held against what the catalog has on both sides, whatever was imported first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.market.checks.findings import one
from tradingbot import data
from tradingbot.core.errors import DataDefect
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.checks.defects import DefectKind
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.importers.importreport import ImportReport, OnDefect, Outcome
from tradingbot.core.market.series import Step

NAME = "BTCUSDT-LINEAR.BYBIT"
T0 = np.datetime64("2025-01-06T00:00:00")
type Import = Callable[..., ImportReport]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def lines(hours: range, factor: float = 1.0, volume: float = 1.0, minutes: int = 60) -> str:
    """Return bars around 60,000 that follow from the hour alone, with a high 1 % above the low."""
    text = "time,open,high,low,close,volume\n"
    for hour in hours:
        price = (60_000 + 10 * (hour % 7)) * factor
        prices = ",".join(f"{each:.1f}" for each in (price, price * 1.005, price * 0.995, price))
        text += f"{T0 + np.timedelta64(hour * minutes, 'm')},{prices},{volume}\n"
    return text


@pytest.fixture
def take(tmp_path: Path) -> Import:
    def taken(text: str, policy: OnDefect = OnDefect.REFUSE, name: str = NAME, catalog: str = "c") -> ImportReport:
        path = tmp_path / "file.csv"
        path.write_text(text)
        request = data.Request(path, name, step=Step(1, "h"), stamp="open", catalog=catalog, on_defect=policy)
        return data.import_file(request)

    return taken


@pytest.mark.parametrize(
    "order",
    ["low,high,open,close", "volume,close,high,low", "open,close,high,low"],
    ids=["coinbase", "gate", "bitfinex"],
)
@pytest.mark.parametrize("policy", [OnDefect.REFUSE, OnDefect.REPAIR])
def test_prices_in_another_order_of_columns_are_refused_and_not_repaired(
    take: Import, order: str, policy: OnDefect
) -> None:
    rows = []
    for hour in range(60):
        at = T0 + np.timedelta64(hour, "h")
        prices = {"open": 60_000.0, "high": 60_300.0, "low": 59_700.0, "close": 60_000.0 + 100 * (-1) ** hour}
        prices["volume"] = 5.0
        rows.append(f"{at}," + ",".join(f"{prices[name]:.1f}" for name in order.split(",")))
    report = take("time,open,high,low,close\n" + "\n".join(rows), policy)
    assert report.outcome is Outcome.REFUSED
    assert "are the columns in another order? Name them with --column" in report.refusal
    assert "mends it" not in report.refusal


@pytest.mark.parametrize("policy", [OnDefect.REFUSE, OnDefect.REPAIR])
@pytest.mark.parametrize("odd", ["every time twice", "no calendar"])
def test_what_is_wrong_in_much_of_a_file_is_not_repaired(take: Import, odd: str, policy: OnDefect) -> None:
    """Two markets in one file, and days written before months: a repair would pick or lose rows at random."""
    head, *rows = lines(range(60)).splitlines()
    if odd == "no calendar":
        rows = [row.replace("2025-01-", "2025.13.").replace("T", " ") if n % 3 else row for n, row in enumerate(rows)]
        rows = [row.replace("2025-01-", "2025.01.").replace("T", " ") for row in rows]
    else:
        rows = [each for row in rows for each in (row, row[:-3] + "2.0")]
    report = take("\n".join([head, *rows]), policy)
    assert report.outcome is Outcome.REFUSED
    assert "mends it" not in report.refusal
    assert report.refusal.count("of 120 rows" if odd == "every time twice" else "in 40 of 60 rows") == 1


@pytest.mark.parametrize("factor", [1_000, 0.001, 0.05])
def test_another_price_level_is_refused_on_either_side_and_changes_nothing(
    take: Import, home: Path, factor: float
) -> None:
    take(lines(range(100, 200)))
    held = Catalog(home / "c").fingerprint([NAME])
    for hours in (range(200, 300), range(100), range(400, 500)):
        report = take(lines(hours, factor))
        assert report.outcome is Outcome.REFUSED
        assert [defect.kind for defect in report.taken.findings.refusals] == [DefectKind.LEVEL_SHIFT]
        assert "as an instrument of its own" in report.refusal
        assert "keep" not in report.refusal
    assert Catalog(home / "c").fingerprint([NAME]) == held
    assert take(lines(range(200, 300), factor), OnDefect.REPAIR).outcome is Outcome.REFUSED
    kept = take(lines(range(200, 300), factor), OnDefect.KEEP)
    assert (kept.outcome, kept.new_rows) == (Outcome.IMPORTED, 100)


def test_a_file_that_fills_a_hole_is_named_by_row_and_time(take: Import) -> None:
    take(lines(range(100)))
    take(lines(range(200, 300)))
    assert take(lines(range(50, 250))).new_rows == 100
    defects = take(lines(range(300, 320), 3.0)).taken.findings.refusals
    assert [(defect.kind, defect.first_row) for defect in defects] == [(DefectKind.LEVEL_SHIFT, 0)]
    before = take(lines(range(-20, 0), 3.0)).taken.findings.refusals
    assert [(defect.kind, defect.first_row) for defect in before] == [(DefectKind.LEVEL_SHIFT, 19)]


def test_a_hole_between_two_files_is_told_until_it_is_filled(take: Import) -> None:
    take(lines(range(100)))
    gap = one(take(lines(range(150, 200))).taken.findings, DefectKind.GAP)
    assert gap.sentence == (
        "bars are absent while the market is open between the catalog's row of 2025-01-10 04:00:00 and the file's of "
        "2025-01-12 07:00:00, 50 at this seam"
    )
    assert take(lines(range(100, 150))).taken.findings.of(DefectKind.GAP) is None


def test_what_does_not_go_on_from_the_catalog_is_kept_only_where_a_market_may_do_it(take: Import) -> None:
    take(lines(range(100)))
    assert "If the market did that, --on-defect keep" in take(lines(range(100, 200), 0.6)).refusal
    report = take(lines(range(100, 200), volume=60_000.0))
    assert [defect.kind for defect in report.taken.findings.refusals] == [DefectKind.VOLUME_SHIFT]
    report = take(lines(range(99 * 12 + 1, 99 * 12 + 2), minutes=5))
    assert [defect.kind for defect in report.taken.findings.refusals] == [DefectKind.MIXED_STEP]
    assert "keep" not in report.refusal


def test_an_overlap_with_other_values_names_both_and_bars_stamped_at_their_other_end(take: Import) -> None:
    take(lines(range(100)))
    with pytest.raises(DataDefect, match=r"open was 60010 and is 60000, in 1 of 99 rows.*nothing was imported"):
        take(lines(range(1, 100)).replace(",60010.0,", ",60000.0,", 1))
    rows = lines(range(100)).splitlines()
    late = [this.split(",")[0] + "," + before.partition(",")[2] for before, this in pairwise(rows[1:])]
    with pytest.raises(DataDefect, match="the same bars one row apart: are they stamped at their open or close"):
        take("\n".join([rows[0], *late]) + "\n")


def test_bars_of_other_sides_are_told_to_stand_apart(take: Import) -> None:
    rows = [row.split(",") for row in lines(range(80)).splitlines()]
    sided = [
        "time," + ",".join(f"{side}_{name}" for side in ("bid", "ask") for name in ("open", "high", "low", "close"))
    ]
    sided += [",".join([row[0], *row[1:5], *row[1:5]]) for row in rows[1:]]
    take(lines(range(80)))
    report = take("\n".join(sided) + "\n")
    assert any("also holds 80 rows of BTCUSDT-LINEAR.BYBIT bars 1h LAST" in note for note in report.taken.notes)


@given(st.permutations(range(6)), st.integers(0, 99))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_one_series_in_many_files_comes_in_whole_in_any_order(
    take: Import, home: Path, order: list[int], seed: int
) -> None:
    place = f"c{seed}-{''.join(map(str, order))}"
    for part in order:
        assert take(lines(range(20 * part, 20 * part + 21)), catalog=place).outcome is Outcome.IMPORTED
    stored = Catalog(home / place).bars(NAME, Step(1, "h"), PriceSide.LAST)
    assert len(stored) == 121
    assert np.all(np.diff(stored.ts) == 3_600_000_000_000)
