# file: core/experiments/experiment.py
"""Experiment: a plan with its opened market and its hashes, opened once in a command and handed through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tradingbot.core.runtime.market import Market, Plan, open_planned_market
from tradingbot.core.runtime.provenance import run_hashes

# What of a config decides which market is opened.
_OPENED_BY = ("catalog", "lane", "instruments", "bar", "start", "end")


@dataclass(frozen=True, slots=True)
class Experiment:
    """A plan, its market, whether that is synthetic, and the SHA-256 (hex) of each part as `run_hashes` gives them."""

    plan: Plan
    market: Market
    synthetic: bool
    hashes: Mapping[str, str]

    def variant(self, planned: Plan) -> Experiment:
        """Return the experiment of another plan on this catalog; the data is hashed again only for other instruments.

        Raises TradingbotError of whichever kind fits when the plan's own market cannot be opened.
        """
        market, known = self.market, {"program": self.hashes["program"]}
        if any(getattr(planned.config, name) != getattr(self.plan.config, name) for name in _OPENED_BY):
            market = open_planned_market(planned)[0]
        if market.catalog.path == self.market.catalog.path and _names(market) == _names(self.market):
            known["data"] = self.hashes["data"]
        return Experiment(planned, market, self.synthetic, run_hashes(planned, market, known))


def open_experiment(planned: Plan) -> Experiment:
    """Open the market of a plan and hash all it is made of; errors as in `open_market`."""
    market, synthetic = open_planned_market(planned)
    return Experiment(planned, market, synthetic, run_hashes(planned, market))


def _names(market: Market) -> list[str]:
    return [str(instrument.id) for instrument in market.instruments]
