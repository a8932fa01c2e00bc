# file: tests/learning/modelfixture.py
"""A home with a small market, models that were really trained on it, and runs of the engine that hear them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Funding, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic.learnable import learnable
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.market import Market, Plan, open_planned_market, plan
from tradingbot.core.runtime.recorder import RunOutcome
from tradingbot.learning.features.featurestream import FeatureTable, compute_features
from tradingbot.learning.models.artefact import Artefact, DataProvenance, save
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.training.labelling import direction_samples
from tradingbot.learning.training.trainingresult import ModelMetadata, TrainingTask, train_model
from tradingbot.learning.training.trainingset import read_histories

BTC, ETH, EURUSD = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", "EUR/USD.IDEALPRO"
FOLLOW = "strategies.follow:Follow"
HOUR = 3_600_000_000_000
MONDAY = 1_736_121_600_000_000_000
"""2025-01-06 00:00 UTC."""

Heard = dict[int, list[tuple[int, Floats]]]
"""Time and features of every bar, by the identity of the stream that computed them."""

FEATURES = ("momentum 1", "momentum 4", "realised 8", "surprise 8", "location 4", "hoursin")
"""Of bars alone, warm after nine of them."""

_FUTURES = {
    "lane": "cryptofutures", "equity": "100000 USDT", "bar": "1h", "instruments": [BTC],
    "strategies": [{"path": FOLLOW}],
}  # fmt: skip
_OPEN = {
    "max_asset_exposure": 50, "max_lane_exposure": 50, "max_open_positions": 99, "max_spread": 1,
    "max_position_leverage": 50, "daily_loss": {"limit": 1}, "correlation": {"max_exposure": 99},
    "entry_deadline_s": 604_800, "sizing": {"small_account": {"below": 0}, "tiers": [{"equity": 0, "fraction": 0.01}]},
    "kill": {"consecutive_losses": None},
}  # fmt: skip


def recipe(**fields: Any) -> ModelRecipe:
    """Return a recipe so small that learning by it takes a moment."""
    small = {
        "kind": "model", "features": FEATURES, "every": 1, "folds": 2, "embargo_bars": 1,
        "barriers": {"horizon": 6, "bars": 8},
        "members": [{"kind": "linear"}, {"kind": "lightgbm", "trees": 6, "leaves": 4, "min_rows": 20}],
        "drift": {"window": 100},
    }  # fmt: skip
    return ModelRecipe.model_validate(small | fields)


def heeding(artefact: Artefact, least: float | None = 0.5, ruled_out: float = 0.5) -> Artefact:
    """Return the artefact with an opinion on every bar (`least` None: on none), however little it has learned."""
    thresholds = {"weak": least, "normal": None, "strong": None, "misses": (ruled_out, ruled_out)}
    return replace(artefact, manifest=artefact.manifest.model_copy(update=thresholds))


@dataclass(frozen=True)
class FakeBar:
    """What streams, resolvers and filters read of a Nautilus bar."""

    ts_event: int
    open: float
    high: float
    low: float
    close: float
    volume: float = 1.0
    instrument: str = ETH

    @property
    def bar_type(self) -> SimpleNamespace:
        return SimpleNamespace(instrument_id=self.instrument)


class Studio:
    """Write a market, learn from it as training does, and let the engine run what was learned."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.catalog = Catalog(home / "catalog" / "main", create=True)

    def bars(self, name: str, bars: Bars, bar: str = "1h", side: PriceSide = PriceSide.LAST) -> None:
        self.catalog.write_bars(load_listing(name).instrument, Step.parse(bar), side, bars)

    def walk(self, name: str = BTC, count: int = 400, seed: int = 10, bar: str = "1h", scale: float = 1.0) -> Bars:
        """Write and return a market with something to learn, its prices `scale` times those of bitcoin."""
        raw = learnable(seed, MONDAY, count, Step.parse(bar).ns, 0.6)
        first, high, low, last = (np.round(column * scale, 2) for column in (raw.open, raw.high, raw.low, raw.close))
        bars = Bars(raw.ts, first, high, low, last, raw.volume)
        self.bars(name, bars, bar)
        return bars

    def funding(self, name: str, ts: Ints, seed: int = 5) -> None:
        """Write settlements of eight hours at these times."""
        rates = np.round(np.random.default_rng(seed).normal(0, 1e-4, len(ts)), 8)
        self.catalog.write_funding(load_listing(name).instrument, Funding(ts, rates, np.full(len(ts), 480)))

    def plan(self, **fields: Any) -> Plan:
        """Return the plan of a backtest; `fields` are those of its config."""
        path = self.home / "studio.json"
        config: dict[str, Any] = {"name": "studio", "catalog": str(self.catalog.path), "risk": _OPEN} | _FUTURES
        path.write_text(json.dumps(config | fields), encoding="utf-8")
        return plan(path)

    def market(self, **fields: Any) -> Market:
        return open_planned_market(self.plan(**fields))[0]

    def pieces(self, asked: ModelRecipe, **fields: Any) -> list[FeatureTable]:
        """Return what training would see of the market, instrument by instrument."""
        planned = self.plan(**fields)
        slices = read_histories(open_planned_market(planned)[0], planned.venue, asked)
        return [compute_features(piece, asked.features or (), asked.barriers.bars) for piece in slices]

    def taught(self, asked: ModelRecipe, samples: Samples | None = None, seed: int = 7, **fields: Any) -> Artefact:
        """Train by the recipe on the whole market, or on `samples` made of it."""
        pieces, config = self.pieces(asked, **fields), self.plan(**fields).config
        rows = direction_samples(pieces, asked) if samples is None else samples
        learned = DataProvenance(start=0, end=1, rows=len(rows), stored={}, data_sha256="d", program_sha256="p")
        about = ModelMetadata(
            candidate="studio", lane=str(config.lane), bar=config.bar, instruments=config.instruments,
            features=pieces[0].names, feature_code_sha256=pieces[0].code_sha256, learned=learned,
        )  # fmt: skip
        return train_model(TrainingTask(rows, None, asked, about, HOUR, 365, seed)).artefact

    def keep(self, artefact: Artefact) -> Path:
        return save(artefact, self.home / "state" / "models")

    def run(self, models: Artefact | Path | Sequence[Mapping[str, Any]] | None, **fields: Any) -> RunOutcome:
        """Run a plan with a model for good, or with `models` as a config names them."""
        if isinstance(models, Artefact):
            models = self.keep(models)
        uses = [{"path": str(models)}] if isinstance(models, Path) else [dict(use) for use in models or ()]
        planned = self.plan(**fields | {"models": uses})
        return run_backtest(planned, open_planned_market(planned)[0])
