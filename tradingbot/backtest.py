# file: backtest.py
"""DOOR: run a backtest config through the event-driven engine and write its report."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.config.login import login
from tradingbot.core.report.writing import write_whole
from tradingbot.core.runtime import journal
from tradingbot.core.runtime.backtesthost import run
from tradingbot.core.runtime.hashing import hashes_of
from tradingbot.core.runtime.loading import load_strategy, sources_of
from tradingbot.core.runtime.opening import opened
from tradingbot.core.runtime.plan import Plan, plan
from tradingbot.core.runtime.provenance import code_sha256
from tradingbot.core.runtime.runfacts import data_label, run_facts
from tradingbot.core.runtime.runrecord import record_of
from tradingbot.core.runtime.summing import Drawn, sum_up
from tradingbot.core.trials.ledger import TrialLedger
from tradingbot.core.validation.executor import trial_of

__all__ = ["Plan", "backtest", "plan", "write_html", "write_journal", "write_json"]

_NOTES = {
    "fast": "Bars trade themselves: an order sent at a bar's close fills at that close, without latency.",
    "exact": "Every bar becomes four quotes: an order sent at a close arrives after the latency, at the next open.",
}


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


def write_json(drawn: Drawn, path: Path) -> Path:
    """Write the result as JSON and return where."""
    return write_whole(path, drawn.result.to_json())


def write_html(drawn: Drawn, path: Path | None = None) -> Path:
    """Write the report, by default under `logs/backtests/`, and return where."""
    from tradingbot.core.report.html import render

    target = path or home() / "logs" / "backtests" / f"{drawn.result.name}.html"
    return write_whole(target, render(drawn.result.to_dict(), drawn.prices, drawn.hold))


def write_journal(drawn: Drawn, html: Path) -> Path:
    """Write every intent with its view, answer, orders and fills as SQLite beside the report, and return where."""
    return journal.write_journal(html.with_suffix(".db"), drawn.decisions, drawn.result.events)
