# file: tests/core/validation/lookahead/testanalysis.py
from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.validation.lookahead.features import CLEAN, LEAKS, OF_TWO
from tests.core.validation.lookahead.reader import BTC, ETH
from tests.golden.catalogfixture import bars_along
from tradingbot.core.experiments.jobs.dispatch import run_jobs
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Funding, Marks, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.market import plan
from tradingbot.core.validation.lookahead.actions import Action
from tradingbot.core.validation.lookahead.analysis import choose_cuts, examine, run_in_process
from tradingbot.core.validation.lookahead.record import LookaheadReport


def cuts(decided: list[int], samples: int, seed: int) -> list[int]:
    actions = [Action(ts, "S-000", "BTC", "exit (signal)") for ts in decided]
    return choose_cuts(actions, np.arange(100, dtype=np.int64), samples, np.random.default_rng(seed))


DECIDED, SEEDS = st.lists(st.integers(0, 98), unique=True).map(sorted), st.integers(0, 2**32)


@given(decided=DECIDED, samples=st.integers(1, 40), seed=SEEDS)
def test_no_more_than_asked_in_order_and_the_last_bar_is_left_out(decided: list[int], samples: int, seed: int) -> None:
    found = cuts(decided, samples, seed)
    assert found == sorted(set(found)) == cuts(decided, samples, seed)
    assert 0 < len(found) <= samples
    assert 99 not in found


@given(decided=st.lists(st.integers(0, 98), min_size=14, unique=True).map(sorted), seed=SEEDS)
def test_two_thirds_are_decisions_the_first_and_the_last_among_them(decided: list[int], seed: int) -> None:
    found = set(cuts(decided, 20, seed))
    assert {decided[0], decided[-1]} <= found
    assert len(found & set(decided)) >= 14


_HOUR = Step.parse("1h")
_BARS = 168
READER = "tests.core.validation.lookahead.reader:Reader"

RARE = frozenset({"day's high at noon", "day's low at noon", "day's volume at noon", "highest of the next ten"})
"""Leaks that change few decisions."""

SHIPPED: dict[str, tuple[str, dict[str, Any]]] = {
    "trend": (
        "strategies.trendfollow:TrendFollow",
        {"entry_bars": 12, "exit_bars": 6, "range_bars": 10, "stop_ranges": 3.0},
    ),
    "reversion": (
        "strategies.meanreversion:MeanReversion",
        {"band_bars": 20, "entry_score": 1.2, "least_way": 0.001, "drift_bars": 5, "judged_bars": 20,
         "trend_limit": 5.0, "hold_bars": 12, "range_bars": 10},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One strategy on the market of `home`."""

    home: str
    name: str
    path: str
    params: dict[str, Any]


def stage(home: Path) -> Path:
    """Write a catalog of one coin's bars, and one of two coins with marks and funding."""
    rng = np.random.default_rng(5)
    alone, both = (Catalog(home / "catalog" / name, create=True) for name in ("alone", "both"))
    for name, level in ((BTC, 50_000.0), (ETH, 3_000.0)):
        instrument, bars = load_listing(name).instrument, _bars(level, rng)
        both.write_bars(instrument, _HOUR, PriceSide.LAST, bars)
        if name == ETH:
            continue
        alone.write_bars(instrument, _HOUR, PriceSide.LAST, bars)
        both.write_marks(instrument, Marks(bars.ts, np.round(bars.close * (1 + rng.normal(0, 1e-3, len(bars))), 1)))
        paid = bars.ts[bars.ts % (8 * _HOUR.ns) == 0]
        both.write_funding(
            instrument, Funding(paid, np.round(rng.normal(0, 1e-4, len(paid)), 8), np.full(len(paid), 480))
        )
    return home


def _bars(level: float, rng: np.random.Generator) -> Bars:
    closes = level * np.exp(np.cumsum(rng.normal(0, 0.006, _BARS + 1)))
    bars = bars_along(np.round(closes, 1), _HOUR)
    wide = np.abs(rng.normal(0, 0.003, len(bars))) * bars.close
    high, low = np.round(bars.high + wide, 1), np.round(bars.low - wide, 1)
    return Bars(bars.ts, bars.open, high, low, bars.close, np.round(np.exp(rng.normal(10, 0.5, len(bars)))))


def examined(case: Case) -> LookaheadReport:
    """Look at one case, all of it in this process."""
    os.environ["TRADINGBOT_HOME"] = case.home
    catalog = "catalog/both" if case.name in OF_TWO else "catalog/alone"
    params = {"feature": case.name, "catalog": catalog} if case.path == READER else case.params
    config = Path(case.home) / f"{case.name.replace(' ', '-').replace(chr(39), '')}.json"
    values: dict[str, Any] = {"name": "looked-at", "catalog": catalog, "lane": "cryptofutures", "realism": "fast"}
    values |= {"instruments": [BTC, ETH] if case.name in OF_TWO else [BTC], "bar": "1h", "equity": "10000 USDT"}
    strategy = {"path": case.path, "params": params}
    config.write_text(json.dumps(values | {"strategies": [strategy]}), encoding="utf-8")
    return examine(plan(config), 10 if case.name in RARE else 3, 3, runner=run_in_process)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LookaheadReport]:
    home = str(stage(tmp_path_factory.mktemp("lab")))
    cases = {name: Case(home, name, READER, {}) for name in (*LEAKS, *CLEAN)}
    cases |= {name: Case(home, name, path, params) for name, (path, params) in SHIPPED.items()}
    return run_jobs(examined, cases, workers=2)


def _short(column: str) -> str:
    name, _, instrument = column.partition(" of ")
    return f"{name} of {instrument[:3]}"


def test_there_are_thirty_of_each() -> None:
    assert len(LEAKS) >= 30
    assert len(CLEAN) + len(SHIPPED) >= 30


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_caught_and_its_columns_named_and_no_others(
    reports: dict[str, LookaheadReport], name: str
) -> None:
    assert not reports[name].clean
    assert {item.kind for item in reports[name].findings} == {"lookahead"}
    named = {_short(column) for item in reports[name].findings for column in item.columns}
    expected = {*LEAKS[name].columns.split(", ")} - {""}
    assert named <= expected
    assert bool(named) == bool(expected)


@pytest.mark.parametrize("name", LEAKS)
def test_how_far_the_leak_reads_and_which_attribute_holds_the_future_is_named(
    reports: dict[str, LookaheadReport], name: str
) -> None:
    leak, (deep,) = LEAKS[name], [item for item in reports[name].findings if item.explained]
    assert leak.allows(deep.ahead)
    assert (deep.bar is None) == (deep.ahead is None)
    assert deep.bar is None or deep.bar == deep.ts + (deep.ahead or 0) * _HOUR.ns

    named = {attribute for item in reports[name].findings for attribute in item.attributes}
    assert named
    assert named <= {"feature", "signal"}


@pytest.mark.parametrize("name", [*CLEAN, *SHIPPED])
def test_a_clean_strategy_is_not_accused(reports: dict[str, LookaheadReport], name: str) -> None:
    report = reports[name]
    assert report.decisions > 3
    assert report.clean, report.reason
    assert report.reason == f"looked-at: {report.decisions:,} decisions, none changed at {len(report.cuts)} cuts"
