# file: core/report/warnings/spending.py
"""Warn when costs decide the result."""

from __future__ import annotations

from tradingbot.core.report.facts import Facts
from tradingbot.core.report.phrase import amount, percent
from tradingbot.core.report.reading import Found

__all__ = ["costs_eat_edge"]


def costs_eat_edge(result: Found, facts: Facts) -> str | None:
    """Warn that there is no profit even before costs, or that costs take more than half of it."""
    parts, currency = result["costs"], result["currency"]
    if not result["trades"]:
        return None
    before = parts["before_costs"]
    if before <= 0:
        return f"Even before costs the trades made {amount(before, currency, sign=True)}: there is no edge to eat."
    paid = before - parts["net"]
    if paid <= before / 2:
        return None
    verdict = "and turn it into a loss" if paid > before else "and leave little room for error"
    return (
        f"Costs take {percent(paid / before, 0)} of the {amount(before, currency)} made before costs "
        f"(fees {amount(parts['fees'], currency)}, slippage {amount(parts['slippage'], currency)}, "
        f"funding {amount(parts['funding'], currency, sign=True)}) {verdict}."
    )
