# file: core/runtime/runfacts.py
"""Say of a finished run what it was made of and what reproduces it, whichever host it ran in."""

from __future__ import annotations

from tradingbot.core.report.result import Run
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.runtime.provenance import config_sha256, versions

__all__ = ["data_label", "run_facts", "settings_sha256"]


def settings_sha256(planned: Plan, market: Market) -> str:
    """Return the hash of everything that is configured: the plan's config with what it refers to, and the terms."""
    rates = [planned.rates] if planned.rates else []
    return config_sha256(planned.config, planned.venue, planned.risk, market.terms, *rates)


def run_facts(
    planned: Plan, market: Market, *, code_sha256: str, data_sha256: str, note: str, bars: int, seconds: float
) -> Run:
    """Return the facts of a run of `bars` bars that took `seconds`; `note` says how its orders were executed."""
    return Run(
        versions=versions(),
        config_sha256=settings_sha256(planned, market),
        code_sha256=code_sha256,
        data_sha256=data_sha256,
        seed=planned.config.seed,
        command=planned.command,
        realism_note=note,
        bars=bars,
        seconds=seconds,
    )


def data_label(synthetic: bool) -> str:
    """Return what the data is called in a report."""
    return "synthetic market, planted edges, evidence of nothing" if synthetic else "market data of the catalog"
