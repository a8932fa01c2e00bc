# file: tests/core/validation/lookahead/rememberer.py
"""A strategy that keeps what it saw where the next run in the same process would find it, and one that hides a path."""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from tradingbot.core.config.load import Section
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.series import Step

CACHE: dict[str, Any] = {}
PLACES: dict[str, Callable[[], Any]] = {
    "module": lambda: CACHE,
    "class": lambda: Section.__pydantic_decorators__.computed_fields,
    "library": lambda: np.__dict__,
    "builtins": lambda: builtins.__dict__,
    "interpreter": lambda: sys.__dict__,
    "environment": lambda: os.environ,
}


class RemembererParams(Section):
    """Where to remember."""

    place: str


class Rememberer(LaneStrategy):
    """Work the mean out once, whatever run it is."""

    params_class = RemembererParams
    params: RemembererParams

    def on_start(self) -> None:
        (name,) = (str(item.id) for item in self.context.instruments)
        closes = Catalog(Path("catalog", "main")).bars(name, Step.parse("1h"), PriceSide.LAST).close
        self.mean = float(PLACES[self.params.place]().setdefault("remembered", str(closes.mean())))


class BackdoorParams(Section):
    """The path of a catalog, letter by letter, so that nobody recognises it."""

    letters: list[str]


class Backdoor(LaneStrategy):
    """Read the real catalog without Python's knowledge."""

    params_class = BackdoorParams
    params: BackdoorParams

    def on_start(self) -> None:
        self.rows = pq.read_table("".join(self.params.letters)).num_rows
