# file: core/runtime/costs.py
"""Say what a trade costs, in and out at the market, before it is made: what labels are net of."""

from __future__ import annotations

import numpy as np

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.sources import BarSource, modelled_spread

__all__ = ["round_trips"]


def round_trips(market: Market, venue: LaneVenue) -> dict[str, float]:
    """Return the cost of a round trip by instrument id, a fraction of the price.

    Twice the taker's fee and one whole spread: the lane's where it is modelled, else the median of the data. Minimum
    commissions, the impact of size and the cost of carrying depend on the order and are not in it; the engine counts
    them. Bars are never an option's, so that a fee by the contract is nobody's here.
    """
    fees = {name: float(venue.fees.stressed(taker)) for name, (_, taker) in market.charges.items()}
    return {source.name: 2 * fees[source.name] + _spread(source, market, venue) for source in market.sources}


def _spread(source: BarSource, market: Market, venue: LaneVenue) -> float:
    middle, bid, ask = source.read(market.start, market.end)
    if bid is not None and ask is not None:
        return float(np.median((ask.close - bid.close) / middle.close))
    half = modelled_spread(venue, middle, float(source.instrument.price_increment))
    return float(np.median(2 * half / middle.open))
