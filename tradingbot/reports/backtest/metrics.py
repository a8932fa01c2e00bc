# file: reports/backtest/metrics.py
"""Performance metrics as tiles: Sharpe, max drawdown, CAGR, exposure, CVaR; the terminal shows the same list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tradingbot.core.messages.formatting import NONE, amount, number, percent
from tradingbot.reports.backtest.reader import JsonObject, missing_risk_note, small_samples
from tradingbot.reports.markup import Html, facts, greyed, remark, signed, tag, tiles


class Metric(NamedTuple):
    """A number of the summary: its name there, its title, how it is written with the currency, what it means."""

    name: str
    title: str
    write: Callable[[Any, str], str]
    meaning: str


def _money(value: Any, currency: str) -> str:
    return amount(value, currency)


def _gain(value: Any, currency: str) -> str:
    return amount(value, currency, sign=True)


def _percent(value: Any, _currency: str) -> str:
    return percent(value)


def _change(value: Any, _currency: str) -> str:
    return percent(value, 1, sign=True)


def _ratio(value: Any, _currency: str) -> str:
    return number(value)


def _multiple(value: Any, _currency: str) -> str:
    return NONE if value is None else f"{number(value, sign=True)} R"


def _count(value: Any, _currency: str) -> str:
    return number(value, 0)


def _days(value: Any, _currency: str) -> str:
    return f"{number(value, 0)} d"


def _times(value: Any, _currency: str) -> str:
    return NONE if value is None else f"{number(value, 1)} x"


HEADLINE_METRICS = (
    Metric("net_pnl", "Net profit", _gain, "end less start equity and net deposits, after all costs"),
    Metric("sharpe", "Sharpe ratio", _ratio, "annualised, from daily returns"),
    Metric("max_drawdown", "Max drawdown", _percent, "below the last peak"),
    Metric("trades", "Trades", _count, "closed round trips"),
)
METRIC_GROUPS = {
    "Return": (
        Metric("start_equity", "Start equity", _money, "account at the start"),
        Metric("end_equity", "End equity", _money, "account at the end, open positions at market"),
        Metric("total_return", "Total return", _change, "end / start equity - 1"),
        Metric("realised_pnl", "Realised P&L", _gain, "part of the net profit: closed trades, after all costs"),
        Metric("open_pnl", "Unrealised P&L", _gain, "part of the net profit: positions open at the end, at market"),
        Metric("cagr", "CAGR", _change, "compound annual growth rate, by calendar time"),
        Metric("buy_and_hold", "Buy and hold", _change, "equal weights in the instruments, no costs"),
    ),
    "Risk": (
        Metric("sortino", "Sortino ratio", _ratio, "annual return / downside deviation"),
        Metric("calmar", "Calmar ratio", _ratio, "CAGR / max drawdown"),
        Metric("cvar_5", "CVaR 95 % (daily)", _percent, "expected shortfall: mean loss on the worst 5 % of days"),
        Metric("longest_drawdown_days", "Longest drawdown", _days, "calendar days below a peak"),
        Metric("exposure", "Exposure", _percent, "share of calendar time with a position"),
        Metric("turnover", "Turnover", _times, "all traded / mean equity"),
    ),
    "Trades": (
        Metric("win_rate", "Win rate", _percent, "trades with a profit after costs"),
        Metric("profit_factor", "Profit factor", _ratio, "winners' profit / losers' loss"),
        Metric("expectancy", "Expectancy", _gain, "mean P&L of a trade, the average trade"),
        Metric("expectancy_r", "Expectancy in R", _multiple, "mean of P&L / loss at the first stop (R)"),
        Metric("best_trade", "Best trade", _gain, "largest profit"),
        Metric("worst_trade", "Worst trade", _gain, "largest loss"),
    ),
    "Costs": (
        Metric("fees", "Fees paid", _money, "commissions, open positions included"),
        Metric("slippage", "Slippage paid", _money, "against the mid price at arrival, part of the price P&L"),
        Metric("funding", "Funding received", _gain, "funding, rollover and borrow; negative when paid"),
        Metric("transfers", "Net deposits", _money, "put in by the owner less taken out; no part of any return"),
    ),
}


def metric_tiles(result: JsonObject) -> Html:
    """Return all numbers of the summary, greyed where they come from too few days or trades."""
    summary, currency = result["summary"], result["currency"]
    weak = small_samples(summary)

    def shown(line: Metric) -> Html:
        text = line.write(summary[line.name], currency)
        coloured = signed(summary[line.name], text) if line.write in (_gain, _change) else text
        return tag("span", greyed(coloured, weak.get(line.name, "")), data_name=line.name)

    realised, unrealised = (number(summary[part], sign=True) for part in ("realised_pnl", "open_pnl"))
    parts = {"net_pnl": f"after all costs; realised {realised}, unrealised {unrealised}"}
    large = ((line.title, shown(line), (parts | weak).get(line.name, line.meaning)) for line in HEADLINE_METRICS)
    groups = [
        tag("section", tag("h3", title), facts([(_explained(line), shown(line)) for line in lines], ""), class_="group")
        for title, lines in METRIC_GROUPS.items()
    ]
    reasons = "; ".join(dict.fromkeys(weak.values()))
    notes = (f"Greyed are ratios {reasons}: too few to be significant." if weak else "", missing_risk_note(summary))
    opening = tag("h2", "Summary"), tiles(*large), tag("div", *groups, class_="groups")
    return tag("section", *opening, *(remark(note) for note in notes if note), class_="card wide")


def _explained(line: Metric) -> Html:
    return tag("span", line.title, title=line.meaning)
