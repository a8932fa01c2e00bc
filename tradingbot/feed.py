# file: feed.py
"""Use case: run a venue's live feed, which fills its journal and seals whole days into the catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from tradingbot.core.config.home import resolve
from tradingbot.core.config.venues import bybit_venue
from tradingbot.core.errors import BadInput
from tradingbot.core.market.journal.reader import journal_file
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.livefeed.feedprocess import run_bybit_feed
from tradingbot.core.runtime.livefeed.livefeed import FeedOptions

BYBIT = "bybit"
CATALOG = "catalog/main"


def feed(
    venue: str,
    bars: Iterable[tuple[str, Step]],
    say: Callable[[str], None],
    *,
    catalog: str | Path = CATALOG,
    history: int = 1_000,
) -> None:
    """Carry bars of these instruments, and what belongs to them, until a signal stops it.

    What nobody has data of begins `history` bars before now. Errors as in `run_bybit_feed`; ConfigError too when
    `config/venues.json` names no environment.
    """
    if venue != BYBIT:
        raise BadInput(f"the venue was {venue}, allowed is {BYBIT}")
    if history < 1:
        raise BadInput(f"--history was {history}, allowed is 1 or more")
    run_bybit_feed(bars, bybit_venue(), resolve(catalog), journal_file(venue), FeedOptions(history=history), say)
