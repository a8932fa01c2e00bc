# file: core/runtime/livefeed/feedprocess.py
"""Feed process: one venue's live feed from its lock to its last sign of life."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from nautilus_trader.model import ClientId

from adapters.bybit import client_of, with_data_clients
from adapters.bybithistory import BybitHistory
from adapters.bybithttp import BybitHttp
from tradingbot.core.config.venues import BybitVenue
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.instruments.venueterms import require_same_terms
from tradingbot.core.market.journal.writer import FeedJournal
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.livefeed.feednode import run_feed_node
from tradingbot.core.runtime.livefeed.livefeed import FeedOptions, LiveFeed
from tradingbot.core.runtime.livefeed.seriesfeed import Carried
from tradingbot.core.runtime.processlock import single_instance

_PATIENCE_S = 5.0
"""A request that is not answered for so long is one that failed; the gap filler asks again."""


def run_bybit_feed(
    bars: Iterable[tuple[str, Step]],
    venue: BybitVenue,
    catalog: Path,
    journal: Path,
    options: FeedOptions,
    say: Callable[[str], None],
) -> None:
    """Carry bars of these instruments, and what belongs to them, until a signal stops it.

    The rows go into `journal`, whole days into `catalog`; `say` is told what a person should know.

    Raises PolicyRefused when the feed runs already; BadInput when an instrument is not Bybit's, or a bar length not one
    of its; ConfigError when `config/instruments/` and the venue differ; RunFailed when the venue cannot be reached, or
    something broke while running.
    """
    wanted = sorted(set(bars))
    if not wanted:
        raise BadInput("no instrument was named, allowed is one or more, such as --instrument BTCUSDT-LINEAR.BYBIT")
    carried = [Carried(load_listing(name), step, "") for name, step in wanted]
    carried = [replace(one, client=str(client_of(one.listing.instrument.id))) for one in carried]
    asking = venue.model_copy(update={"patience_s": min(venue.patience_s, _PATIENCE_S)})
    with single_instance(journal.with_suffix(".lock")), BybitHttp(asking) as http:
        history = BybitHistory(http)
        for one in carried:
            history.require(one.listing.id, Kind.BARS, one.step)
        listings = {one.listing.id: one.listing for one in carried}
        require_same_terms(listings.values(), history.terms(list(listings)))
        with closing(FeedJournal(journal, os.getpid())) as file:
            kept = Catalog(catalog, create=True)
            feed = LiveFeed(carried, file, kept, history, options, say, time.monotonic())
            clients = {ClientId(one.client) for one in carried}
            try:
                run_feed_node(feed, carried, lambda builder: with_data_clients(builder, venue, clients))
                feed.beat("stopped", time.monotonic())
            except sqlite3.Error as error:
                raise RunFailed(f"the feed journal {journal} could not be written: {error}") from error
            except BaseException as error:
                feed.beat("failed", time.monotonic(), str(error))
                raise
