# file: cli/feed.py
"""The verb feed: a venue's live market data, kept and handed on until Ctrl-C."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from tradingbot.cli.options import Bar, Catalog
from tradingbot.core.time import SECOND, to_iso


def feed(
    venue: Annotated[str, typer.Argument(metavar="VENUE", help="bybit.")],
    instruments: Annotated[
        list[str] | None,
        typer.Option(
            "--instrument",
            metavar="ID",
            help="Carry this one, as BTCUSDT-LINEAR.BYBIT, or ...@5m.",
        ),
    ] = None,
    bar: Bar = "1m",
    catalog: Catalog = "catalog/main",
    history: Annotated[int, typer.Option(help="Bars to begin with where there is no data yet.")] = 1_000,
) -> None:
    """Keep a venue's live bars, marks and funding whole, for paper nodes and the catalog. Ctrl-C stops it."""
    from tradingbot import feed as usecase
    from tradingbot.core.market.series import Step

    series = []
    for named in instruments or ():
        name, _, own = named.partition("@")
        series.append((name, Step.parse(own or bar or "1m")))
    usecase.feed(venue, series, _say, catalog=catalog, history=history)


def _say(sentence: str) -> None:
    at = to_iso(time.time_ns() // SECOND * SECOND)
    sys.stdout.write(f"{at} {sentence}\n")
    sys.stdout.flush()
