# file: paper.py
"""Use case: run a config in a paper node over replayed data."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.errors import BadInput
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.execution.switches.liveswitch import LiveSwitch
from tradingbot.core.experiments.candidate import plan_paper
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.registry.champions import PromotionCheck
from tradingbot.core.runtime.market import Plan, open_planned_market
from tradingbot.core.runtime.papernode import PaperOptions, run_paper
from tradingbot.core.runtime.provenance import code_sha256, data_label, data_sha256, run_provenance
from tradingbot.core.runtime.resultbuilder import ReportData, build_result
from tradingbot.core.runtime.strategyloader import load_strategy, sources_of
from tradingbot.core.time import SECOND
from tradingbot.reports.backtest.warnings import with_warnings

__all__ = ["moment_of", "paper", "plan_paper", "speed_of", "state_file"]

_NOTE = "Paper: the live node on replayed data, at a simulated venue of the same fees, fills and latency."


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
) -> ReportData:
    """Run a plan as the node of the config's name until its data ends, or a signal stops it.

    It goes on where it was stopped or killed, unless `fresh`; until `fast_until` (UTC ns) it goes at full speed.

    Raises TradingbotError: Of whichever kind fits; what was done until then is in the state file.
    """
    config = planned.config
    market, synthetic = open_planned_market(planned)
    latch = FileKillLatch(config.lane, home() / "state" / "switches", time.time_ns)
    switch = LiveSwitch(config.lane, home() / "state" / "switches", time.time_ns)
    began = time.perf_counter()
    node = PaperOptions(
        config.name, home() / "state", latch, speed=speed, fast_until=fast_until, fresh=fresh, synthetic=synthetic,
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
        note=_NOTE,
        bars=outcome.bars,
        seconds=seconds,
    )
    data = build_result(config, market, outcome, planned.venue.currency, synthetic, data_label(synthetic), facts)
    return replace(data, result=with_warnings(data.result, data.facts))
