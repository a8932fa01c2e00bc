# file: backtest.py
"""Use case: run a backtest config through the event-driven engine and write its report."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from tradingbot.core.config.home import home, login
from tradingbot.core.errors import RunFailed
from tradingbot.core.experiments.runner import trial_of
from tradingbot.core.experiments.trials import TrialLedger
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.decisions import write_journal
from tradingbot.core.runtime.market import Plan, open_planned_market, plan
from tradingbot.core.runtime.provenance import code_sha256, data_label, run_hashes, run_provenance
from tradingbot.core.runtime.resultbuilder import ReportData, build_result
from tradingbot.core.runtime.runrecord import record_of
from tradingbot.core.runtime.strategyloader import load_strategy, sources_of
from tradingbot.core.storage.atomicfile import write_atomic
from tradingbot.reports.backtest.runfolder import new_run_folder, point_latest
from tradingbot.reports.backtest.warnings import with_warnings

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


def backtest(planned: Plan, progress: Progress = no_progress) -> ReportData:
    """Run a plan and put it into the trial ledger; `progress` hears (chunks done, chunks in all).

    Raises TradingbotError: Of whichever kind fits; no report is written.
    """
    config = planned.config
    market, synthetic = open_planned_market(planned)
    sources = [source for spec in config.strategies for source in sources_of(load_strategy(spec)[0])]
    began = time.perf_counter()
    outcome = run_backtest(planned, market, progress)
    seconds = time.perf_counter() - began
    record = record_of(config, market, outcome, run_hashes(planned, market), synthetic)
    trial = trial_of(record, planned, "backtest", config.name, "", login())
    TrialLedger(home() / "state" / "trials.db").record(trial, time.time_ns())
    facts = run_provenance(
        planned,
        market,
        code_sha256=code_sha256(sources),
        data_sha256=record.hashes["data"],
        note=_NOTES[config.realism],
        bars=outcome.bars,
        seconds=seconds,
    )
    data = build_result(config, market, outcome, planned.venue.currency, synthetic, data_label(synthetic), facts)
    return replace(data, result=with_warnings(data.result, data.facts))


def write_run(drawn: ReportData, html: Path | None = None, json: Path | None = None) -> Written:
    """Write a run into a folder of its own below `logs/backtests/{name}/`, and let `latest` beside it name it.

    `html` is where the page goes instead, `json` where the result goes too.

    Raises RunFailed when a file cannot be written.
    """
    runs = home() / "logs" / "backtests" / drawn.result.name
    folder = new_run_folder(runs)
    text = drawn.result.to_json()
    result = write_atomic(folder / "report.json", text)
    journal = write_journal(folder / "decisions.db", drawn.decisions, drawn.result.events)
    from tradingbot.reports.backtest.page import render

    page = render(drawn.result.to_dict(), drawn.prices, drawn.hold)
    if html is None:
        write_atomic(folder / "report.html", page)
    point_latest(runs, result.name)
    try:
        page_file = folder / "report.html" if html is None else write_atomic(html, page)
        return Written(folder, page_file, journal, result if json is None else write_atomic(json, text))
    except RunFailed as error:
        raise RunFailed(f"{error}; the run is in {folder}") from error
