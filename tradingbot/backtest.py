# file: backtest.py
"""DOOR: run a backtest config through the event-driven engine and write its report."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.config.login import login
from tradingbot.core.errors import RunFailed
from tradingbot.core.report.runfolder import new_run_folder, point_latest
from tradingbot.core.report.writing import write_whole
from tradingbot.core.runtime.backtesthost import run
from tradingbot.core.runtime.hashing import hashes_of
from tradingbot.core.runtime.journal import write_journal
from tradingbot.core.runtime.loading import load_strategy, sources_of
from tradingbot.core.runtime.opening import opened
from tradingbot.core.runtime.plan import Plan, plan
from tradingbot.core.runtime.provenance import code_sha256
from tradingbot.core.runtime.runfacts import data_label, run_facts
from tradingbot.core.runtime.runrecord import record_of
from tradingbot.core.runtime.summing import Drawn, sum_up
from tradingbot.core.trials.ledger import TrialLedger
from tradingbot.core.validation.executor import trial_of

__all__ = ["Plan", "Written", "backtest", "plan", "write_run"]

_NOTES = {
    "fast": "Bars trade themselves: an order sent at a bar's close fills at that close, without latency.",
    "exact": "Every bar becomes four quotes: an order sent at a close arrives after the latency, at the next open.",
}


@dataclass(frozen=True, slots=True)
class Written:
    """Where the files of a run are: its own folder, the page, every intent with its answer as SQLite, the result."""

    folder: Path
    html: Path
    journal: Path
    json: Path


def backtest(planned: Plan, progress: Callable[[int, int], None] = lambda done, total: None) -> Drawn:
    """Run a plan and put it into the trial ledger; `progress` hears (chunks done, chunks in all).

    Raises
    ------
    TradingbotError
        Of whichever kind fits; no report is written.
    """
    config = planned.config
    market, synthetic = opened(planned)
    sources = [source for spec in config.strategies for source in sources_of(load_strategy(spec)[0])]
    began = time.perf_counter()
    outcome = run(config, planned.venue, planned.risk, planned.rates, market, progress)
    seconds = time.perf_counter() - began
    record = record_of(config, market, outcome, hashes_of(planned, market), synthetic)
    trial = trial_of(record, planned, "backtest", config.name, "", login())
    TrialLedger(home() / "state" / "trials.db").record(trial, time.time_ns())
    facts = run_facts(
        planned,
        market,
        code_sha256=code_sha256(sources),
        data_sha256=record.hashes["data"],
        note=_NOTES[config.realism],
        bars=outcome.bars,
        seconds=seconds,
    )
    return sum_up(config, market, outcome, planned.venue.currency, synthetic, data_label(synthetic), facts)


def write_run(drawn: Drawn, html: Path | None = None, json: Path | None = None) -> Written:
    """Write a run into a folder of its own below `logs/backtests/{name}/`, and let `latest` beside it name it.

    `html` is where the page goes instead, `json` where the result goes too.

    Raises
    ------
    RunFailed
        When a file cannot be written.
    """
    runs = home() / "logs" / "backtests" / drawn.result.name
    folder = new_run_folder(runs)
    text = drawn.result.to_json()
    result = write_whole(folder / "report.json", text)
    journal = write_journal(folder / "decisions.db", drawn.decisions, drawn.result.events)
    from tradingbot.core.report.html import render

    page = render(drawn.result.to_dict(), drawn.prices, drawn.hold)
    if html is None:
        write_whole(folder / "report.html", page)
    point_latest(runs, result.name)
    try:
        found = folder / "report.html" if html is None else write_whole(html, page)
        return Written(folder, found, journal, result if json is None else write_whole(json, text))
    except RunFailed as error:
        raise RunFailed(f"{error}; the run is in {folder}") from error
