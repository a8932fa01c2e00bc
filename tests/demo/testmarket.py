# file: tests/demo/testmarket.py
from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tradingbot import backtest as door
from tradingbot.core.config.home import SYNTHETIC, config_files
from tradingbot.core.errors import BadInput
from tradingbot.core.lane import Lane
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.strategyloader import load_strategy
from tradingbot.demo import market as demo


def _short(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Live in `home`, with a demo of a few days."""
    patch.setenv("TRADINGBOT_HOME", str(home))
    patch.setattr(demo, "_DAYS", 5)
    patch.setattr(demo, "_OPTION_DAYS", 5)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home."""
    _short(monkeypatch, tmp_path)
    return tmp_path


@dataclass(frozen=True)
class Market:
    """The market of seed 7 and what was told while it was made."""

    home: Path
    place: Path
    told: list[tuple[int, int]]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """Made once, for those who only look at it."""
    home, told = tmp_path_factory.mktemp("market"), list[tuple[int, int]]()
    with pytest.MonkeyPatch.context() as patch:
        _short(patch, home)
        place = demo.build_market(7, lambda done, total: told.append((done, total)))
    return Market(home, place, told)


def built(seed: int = 7) -> Path:
    return demo.build_market(seed, no_progress)


def digests(place: Path) -> dict[str, str]:
    return {
        str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*.parquet"))
    }


def test_the_market_is_made_anew_from_its_seed_byte_for_byte(home: Path, market: Market) -> None:
    first = digests(market.place)
    place = built(8)
    assert place == home / "catalog" / "demo"
    other = digests(place)
    (place / "data" / "stray.parquet").write_bytes(b"of another seed")
    assert digests(built()) == first
    bars = [name for name in first if "/bars/" in name]
    assert bars
    assert all(other[name] != first[name] for name in bars)


def test_the_market_is_labelled_with_its_seed(home: Path) -> None:
    label = (built(11) / SYNTHETIC).read_text(encoding="utf-8")
    assert label.startswith("# Synthetic market, seed 11\n")
    assert "No price in here was ever paid" in label


def test_the_market_has_data_for_every_lane(market: Market) -> None:
    held = Catalog(market.place).listing()
    kinds = {(load_listing(entry.instrument).lane, entry.kind) for entry in held}
    assert {lane for lane, _ in kinds} == set(Lane)
    assert {(Lane.CRYPTOFUTURES, Kind.FUNDING), (Lane.CRYPTOFUTURES, Kind.MARKS), (Lane.OPTIONS, Kind.QUOTES)} <= kinds
    assert {entry.step for entry in held if entry.kind is Kind.BARS} == {Step.parse("5m"), Step.parse("15m")}


def test_a_folder_that_is_no_synthetic_market_is_not_touched(home: Path) -> None:
    own = home / "catalog" / "demo" / "data" / "mine.parquet"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"years of work")
    with pytest.raises(BadInput, match=r"demo holds no synthetic market \(no SYNTHETIC\.md\); move it away"):
        built()
    assert own.read_bytes() == b"years of work"


def test_progress_goes_from_nothing_to_all(market: Market) -> None:
    assert market.told == [(done, 6) for done in range(7)]


def test_there_is_one_demo_per_lane_on_the_demos_catalog() -> None:
    planned = [door.plan(path) for path in demo.configs()]
    assert sorted(plan.config.lane for plan in planned) == sorted(Lane)
    assert {plan.config.catalog for plan in planned} == {"catalog/demo"}


@pytest.mark.parametrize("path", config_files("backtests"), ids=lambda path: path.stem)
def test_every_shipped_backtest_plans_and_its_strategies_load(path: Path) -> None:
    planned = door.plan(path)
    assert planned.config.name == path.stem
    assert {load_listing(name).lane for name in planned.config.instruments} == {planned.config.lane}
    for spec in planned.config.strategies:
        load_strategy(spec)


def test_each_lane_is_traded_and_its_report_says_that_the_market_is_made_up(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(market.home))
    for path in demo.configs():
        row = demo.trade(path, 7, no_progress)
        assert row.name == path.stem
        report = Path(row.html)
        assert report.parent.parent == market.home / "logs" / "backtests" / path.stem
        assert "synthetic" in report.read_text(encoding="utf-8").lower()


def test_the_seed_of_the_demo_is_the_seed_of_its_runs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []

    def caught(planned: door.Plan, _progress: Progress) -> None:
        seeds.append(planned.config.seed)
        raise BadInput("seen enough")

    monkeypatch.setattr(door, "backtest", caught)
    with pytest.raises(BadInput, match="seen enough"):
        demo.trade(demo.configs()[0], 23, no_progress)
    assert seeds == [23]
    assert json.loads(demo.configs()[0].read_text(encoding="utf-8")).get("seed", 7) == 7
