# file: reports/backtest/metrics.py
"""Performance metrics as tiles: four numbers large, the rest in groups; the terminal shows the same list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tradingbot.core.messages.formatting import NONE, amount, number, percent
from tradingbot.reports.backtest.reader import JsonObject, missing_risk_note, small_samples
from tradingbot.reports.markup import Html, greyed, signed, tag

Writer = Callable[[Any, str], str]


def _money(value: Any, currency: str) -> str:
    return amount(value, currency)


def _gain(value: Any, currency: str) -> str:
    return amount(value, currency, sign=True)


def _percent(value: Any, currency: str) -> str:
    return percent(value)


def _change(value: Any, currency: str) -> str:
    return percent(value, 1, sign=True)


def _ratio(value: Any, currency: str) -> str:
    return number(value)


def _multiple(value: Any, currency: str) -> str:
    return NONE if value is None else f"{number(value, sign=True)} R"


def _count(value: Any, currency: str) -> str:
    return number(value, 0)


def _days(value: Any, currency: str) -> str:
    return f"{number(value, 0)} d"


def _times(value: Any, currency: str) -> str:
    return NONE if value is None else f"{number(value, 1)} x"


Metric = tuple[str, str, Writer, str]

# Name in the summary, title, how to write it, what it means.
HEADLINE_METRICS: tuple[Metric, ...] = (
    ("net_pnl", "Net profit", _gain, "end less start equity and net deposits, after all costs"),
    ("sharpe", "Sharpe", _ratio, "daily returns, a year"),
    ("max_drawdown", "Deepest drawdown", _percent, "below the last peak"),
    ("trades", "Trades", _count, "closed round trips"),
)
METRIC_GROUPS: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    (
        "Return",
        (
            ("start_equity", "Start equity", _money, "account at the start"),
            ("end_equity", "End equity", _money, "account at the end, open positions at market"),
            ("total_return", "Total return", _change, "end / start equity - 1"),
            ("realised_pnl", "Realised P&L", _gain, "part of the net profit: closed trades, after all costs"),
            ("open_pnl", "Unrealised P&L", _gain, "part of the net profit: positions open at the end, at market"),
            ("cagr", "Growth a year", _change, "compound annual growth rate, by calendar time"),
            ("buy_and_hold", "Buy and hold", _change, "equal weights in the instruments, no costs"),
        ),
    ),
    (
        "Risk",
        (
            ("sortino", "Sortino", _ratio, "return a year / downside deviation"),
            ("calmar", "Calmar", _ratio, "growth a year / deepest drawdown"),
            ("cvar_5", "Bad day (CVaR 5 %)", _percent, "mean loss on the worst 5 % of days"),
            ("longest_drawdown_days", "Longest drawdown", _days, "calendar days below a peak"),
            ("exposure", "Time in the market", _percent, "share of calendar time with a position"),
            ("turnover", "Turnover", _times, "all traded / mean equity"),
        ),
    ),
    (
        "Trades",
        (
            ("win_rate", "Win rate", _percent, "trades with a profit after costs"),
            ("profit_factor", "Profit factor", _ratio, "winners' profit / losers' loss"),
            ("expectancy", "Expectancy", _gain, "mean profit of a trade, the average trade"),
            ("expectancy_r", "Expectancy in R", _multiple, "mean of profit / loss at the first stop (R)"),
            ("best_trade", "Best trade", _gain, "largest profit"),
            ("worst_trade", "Worst trade", _gain, "largest loss"),
        ),
    ),
    (
        "Costs",
        (
            ("fees", "Fees paid", _money, "commissions, open positions included"),
            ("slippage", "Slippage paid", _money, "against the mid price at arrival, inside the price profit"),
            ("funding", "Funding received", _gain, "funding, rollover and borrow; negative when paid"),
            ("transfers", "Put in", _money, "by the owner, less what was taken out; no part of any return"),
        ),
    ),
)
_COLOURED = (_gain, _change)


def metric_tiles(result: JsonObject) -> Html:
    """Return all numbers of the summary, greyed where they come from too few days or trades."""
    summary, currency = result["summary"], result["currency"]
    big = [_tile(line, summary, currency) for line in HEADLINE_METRICS]
    groups = [
        tag("section", tag("h3", title), tag("dl", *(_row(line, summary, currency) for line in lines)), class_="group")
        for title, lines in METRIC_GROUPS
    ]
    return tag(
        "section",
        tag("h2", "Summary"),
        tag("div", *big, class_="tiles"),
        tag("div", *groups, class_="groups"),
        tag("p", _greyed(result), class_="note") if summary["unreliable"] else None,
        tag("p", left_out, class_="note") if (left_out := missing_risk_note(summary)) else None,
        class_="card wide",
    )


def _greyed(result: JsonObject) -> str:
    reasons = dict.fromkeys(small_samples(result["summary"]).values())
    return f"Greyed are ratios {'; '.join(reasons)}: luck moves them more than skill."


def _tile(line: Metric, summary: JsonObject, currency: str) -> Html:
    name, title, _, meaning = line
    value = tag("p", _value(line, summary, currency), class_="value", data_name=name)
    if name == "net_pnl":
        realised, unrealised = (number(summary[part], sign=True) for part in ("realised_pnl", "open_pnl"))
        meaning = f"after all costs; realised {realised}, unrealised {unrealised}"
    meaning = small_samples(summary).get(name, meaning)
    return tag("div", tag("p", title, class_="title"), value, tag("p", meaning, class_="note"), class_="tile")


def _row(line: Metric, summary: JsonObject, currency: str) -> Html:
    name, title, _, meaning = line
    return tag("div", tag("dt", title, title=meaning), tag("dd", _value(line, summary, currency), data_name=name))


def _value(line: Metric, summary: JsonObject, currency: str) -> str:
    name, _, write, _ = line
    text = write(summary[name], currency)
    coloured = signed(summary[name], text) if write in _COLOURED else text
    return greyed(coloured, small_samples(summary).get(name, ""))
