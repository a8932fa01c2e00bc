# file: paper.py
"""Use case: run a config in a paper node over replayed data, or a live feed."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.config.runtime import FEEDS
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.execution.switches.liveswitch import LiveSwitch
from tradingbot.core.experiments.candidate import plan_paper
from tradingbot.core.market.journal.reader import JournalReader, journal_file
from tradingbot.core.market.series import Step
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.registry.champions import PromotionCheck
from tradingbot.core.runtime.market import REPLAY, Market, Plan, open_node_market
from tradingbot.core.runtime.papernode import PaperOptions, run_paper
from tradingbot.core.runtime.provenance import code_sha256, data_label, data_sha256, run_provenance
from tradingbot.core.runtime.resultbuilder import ReportData, build_result
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.core.runtime.strategyloader import load_strategy, sources_of
from tradingbot.core.time import SECOND
from tradingbot.reports.backtest.warnings import with_warnings

__all__ = ["moment_of", "paper", "plan_paper", "speed_of", "state_file"]

_PATIENCE_S = 300.0
"""So long that a supervisor never sees a crash loop in a node whose feed is late."""

_NOTE = "Paper: the live node on {}, at a simulated venue of the same fees, fills and latency."


def speed_of(text: str) -> float | None:
    """Return market seconds per second of the wall from a number or `max`, which is None.

    Raises BadInput when it is neither, or not above 0.
    """
    if text == "max":
        return None
    with suppress(ValueError):
        if 0 < float(text) < float("inf"):
            return float(text)
    raise BadInput(f"--speed was {text}, allowed is a number above 0, or max")


def state_file(name: str) -> Path:
    """Return where the node of that name keeps what it did."""
    return home() / "state" / f"{name}.db"


def moment_of(text: str) -> int:
    """Return UTC nanoseconds from a date or time in ISO-8601, UTC where it names no zone; 0 from nothing.

    Raises BadInput when it is none.
    """
    if not text:
        return 0
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--fast-until was {text}, allowed is a time such as 2026-03-01T12:00:00Z") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()) * SECOND


def paper(
    planned: Plan,
    speed: float | None,
    progress: Progress = no_progress,
    *,
    fast_until: int = 0,
    fresh: bool = False,
    feed: str = REPLAY,
    warmup: int = 1_000,
) -> ReportData:
    """Run a plan as the node of the config's name until its data ends, or a signal stops it.

    It goes on where it was stopped or killed, unless `fresh`; until `fast_until` (UTC ns) it goes at full speed. With a
    `feed` it follows the market: strategies warm up on the `warmup` bars before its first start, and enter from then
    on.

    Raises TradingbotError: Of whichever kind fits; what was done until then is in the state file.
    """
    config, watermark = planned.config, None
    if feed == REPLAY:
        market, synthetic = open_node_market(planned, feed)
    else:
        begun = None if fresh else _begun(planned, feed)
        watermark = _followed(planned, feed, begun is not None)
        market, synthetic = _market(planned, feed, watermark(), begun, warmup)
    latch = FileKillLatch(config.lane, home() / "state" / "switches", time.time_ns)
    switch = LiveSwitch(config.lane, home() / "state" / "switches", time.time_ns)
    began = time.perf_counter()
    node = PaperOptions(
        config.name, home() / "state", latch, feed=feed, watermark=watermark, speed=speed, fast_until=fast_until,
        fresh=fresh, synthetic=synthetic,
        enabled=lambda: switch.read() is not None,
        promoted=PromotionCheck(home() / "state" / "registry.db", config.name).promoted,
    )  # fmt: skip
    outcome = run_paper(planned, market, node, progress)
    seconds = time.perf_counter() - began
    sources = [source for spec in config.strategies for source in sources_of(load_strategy(spec)[0])]
    facts = run_provenance(
        planned,
        market,
        code_sha256=code_sha256(sources),
        data_sha256=data_sha256(market),
        note=_NOTE.format("replayed data" if feed == REPLAY else f"the live feed {feed}"),
        bars=outcome.bars,
        seconds=seconds,
    )
    data = build_result(config, market, outcome, planned.venue.currency, synthetic, data_label(synthetic), facts)
    return replace(data, result=with_warnings(data.result, data.facts))


def _followed(planned: Plan, feed: str, begun: bool) -> Callable[[], int]:
    """Return what says up to when a feed has handed on what the plan trades, once it has come up with its venue.

    A node that has `begun` goes on with what is there: its warm-up lies behind it.
    """
    if feed not in FEEDS:
        raise BadInput(f"--feed was {feed}, allowed are {', '.join((REPLAY, *FEEDS))}")
    journal = JournalReader(journal_file(feed))
    series = planned.config.instruments, Step.parse(planned.config.bar)
    waited = time.monotonic() + _PATIENCE_S
    while not (journal.until if begun else journal.present)(*series):
        if time.monotonic() > waited:
            raise RunFailed(
                f"for {_PATIENCE_S:.0f} s the feed {feed} has not come up with its venue's {planned.config.bar} bars of"
                f" {', '.join(planned.config.instruments)};"
                f" `tradingbot feed {feed} --instrument ...` carries them, and `tradingbot up` starts it"
            )
        time.sleep(0.1)
    return partial(journal.until, *series)


def _begun(planned: Plan, feed: str) -> tuple[int, int] | None:
    """Return where the market of a node that follows the feed began, and since when it enters; None if it never ran."""
    path = state_file(planned.config.name)
    if not path.is_file():
        return None
    with open_state_file(path) as database:
        row = database.execute("SELECT start, since FROM node WHERE feed = ?", (feed,)).fetchone()
    return None if row is None else (row["start"], row["since"])


def _market(planned: Plan, feed: str, now: int, begun: tuple[int, int] | None, warmup: int) -> tuple[Market, bool]:
    if begun is not None:
        return open_node_market(planned, feed, *begun)
    start = now - warmup * Step.parse(planned.config.bar).ns
    market, synthetic = open_node_market(planned, feed)
    return replace(market, start=max(start, market.start), since=now), synthetic
