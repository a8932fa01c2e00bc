# file: core/runtime/opening.py
"""Open what a plan trades."""

from __future__ import annotations

from tradingbot.core.config.home import SYNTHETIC, resolve
from tradingbot.core.market.catalog import Catalog
from tradingbot.core.runtime.market import Market, open_market
from tradingbot.core.runtime.plan import Plan

__all__ = ["opened"]


def opened(planned: Plan) -> tuple[Market, bool]:
    """Return the market of a plan, and whether it is synthetic; errors as in `open_market`."""
    catalog = Catalog(resolve(planned.config.catalog))
    return open_market(planned.config, catalog), (catalog.path / SYNTHETIC).is_file()
