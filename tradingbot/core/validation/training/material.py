# file: core/validation/training/material.py
"""Read what a recipe learns from out of the market that it will trade."""

from __future__ import annotations

import numpy as np

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.recipe import ModelRecipe
from tradingbot.core.errors import ConfigError
from tradingbot.core.market.arrays import Bars, Floats, Kind
from tradingbot.core.market.decimals import snapped
from tradingbot.core.runtime.costs import round_trips
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.sources import BarSource
from tradingbot.learning.datasets import Slice
from tradingbot.learning.watch import moments_of

__all__ = ["slices_of"]


def slices_of(market: Market, venue: LaneVenue, recipe: ModelRecipe) -> list[Slice]:
    """Return every instrument's history in the market's period, on the decimals that a strategy sees it in.

    Raises
    ------
    ConfigError
        When the recipe's leader is not traded.
    """
    read = {source.name: _bars(source, market) for source in market.sources}
    if recipe.leader is not None and recipe.leader not in read:
        raise ConfigError(f"recipe.leader was {recipe.leader}, allowed are the run's instruments: {', '.join(read)}")
    leader = read[recipe.leader][0] if recipe.leader else None
    costs = round_trips(market, venue)
    found = []
    for source in market.sources:
        name, instrument = source.name, source.instrument
        bars, spread = read[name]
        settled = market.catalog.span(name, Kind.FUNDING)
        # What was settled before the period begins, its first instant included, no run is told.
        funding = market.catalog.funding(name, market.start + 1, market.end) if settled else None
        moments = moments_of(bars, source.step.ns, spread, funding, leader)
        found.append(Slice(name, moments, instrument.price_precision, instrument.size_precision, costs[name]))
    return found


def _bars(source: BarSource, market: Market) -> tuple[Bars, Floats | None]:
    middle, bid, ask = source.read(market.start, market.end)
    price, size = source.instrument.price_precision, source.instrument.size_precision
    bars = Bars(
        middle.ts,
        snapped(middle.open, price),
        snapped(middle.high, price),
        snapped(middle.low, price),
        snapped(middle.close, price),
        snapped(middle.volume, size),
    )
    if bid is None or ask is None:
        return bars, None
    return bars, np.asarray(snapped(ask.close, price) - snapped(bid.close, price))
