# file: ui/web/formatting.py
"""Format numbers, times and states, and the formula behind each number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Context, Decimal

from tradingbot.core.lane import Lane
from tradingbot.core.messages.formatting import lapse as lapse
from tradingbot.core.messages.laneview import Performance
from tradingbot.core.messages.processview import EVENT_WORDS
from tradingbot.core.messages.smallsample import weakness

_NAMES = {
    Lane.CRYPTOSPOT: "Crypto spot",
    Lane.CRYPTOFUTURES: "Crypto futures",
    Lane.FOREX: "Forex",
    Lane.OPTIONS: "Options",
}
_NONE = "\u2013"
_MINUS = "\u2212"

FORMULAS = {
    "equity": "Balance + what leaving every open position at the last bid (a short: ask) would bring after its"
    " commission.",
    "pnl": "Equity - start equity - net deposits. Realised: Σ over closed trades of (exit - entry) \u00d7 quantity"
    " - fees + funding; unrealised: the same of open positions, left as equity has it.",
    "drawdown": "Largest fall of equity below its highest value before: 1 - equity ÷ peak.",
    "sharpe": "mean ÷ standard deviation of daily returns \u00d7 √(trading days a year); riskless rate 0.",
    "sortino": "mean of daily returns ÷ √mean(min(return, 0)²) \u00d7 √(trading days a year).",
    "cvar": "Expected shortfall: mean loss on the worst 5 % of days, a share of equity; from 20 days on.",
    "winrate": "Closed trades that made money after costs ÷ all closed trades.",
    "factor": "Σ results of winners ÷ Σ losses of losers, after costs.",
    "points": "Σ of R-multiples: net result ÷ what the trade would have lost at its first stop; trades whose risk is"
    " not known are left out.",
    "trades": "Round trips, from flat to flat in one instrument by one strategy.",
}
"""What each number of a panel is, by the key of its tile."""

_NAMED = {
    "sharpe": "sharpe", "sortino": "sortino", "cvar": "cvar_5", "winrate": "win_rate", "factor": "profit_factor",
}  # fmt: skip
"""The ratios of a panel by their field of a standing."""

_STATES = {
    state: sign
    for sign, states in {
        ("●", "good"): ("running",),
        ("»", "good"): ("catching_up",),
        ("○", "quiet"): ("starting",),
        ("■", "quiet"): ("finished", "stopped", "done"),
        ("○", "warn"): ("waiting",),
        ("▲", "warn"): ("stalled",),
        ("?", "warn"): ("unknown",),
    }.items()
    for state in states
}
_KINDS = {
    kind: sign
    for sign, kinds in {
        ("⇄", "quiet"): ("trade",),
        ("▶", "good"): ("resumed",),
        ("●", "good"): ("up", "started", "restarted"),
        ("=", "good"): ("parity equal",),
        ("■", "quiet"): ("done", "down", "stopped", "stopping"),
        ("·", "quiet"): ("said",),
        ("○", "warn"): ("waiting",),
        ("▲", "warn"): ("clock", "drift", "alarm", "stall", "stalled"),
        ("≠", "warn"): ("parity different",),
        ("✕", "bad"): (
            *("killed", "crashed", "disarmed", "given up", "parity failed", "unwritten"),
            *("change refused", "order refused", "stop lost"),
        ),
    }.items()
    for kind in kinds
}
_ROLES = {"champion": "★", "not_passed": "✕", "demoted": "▼", "retired": "■"}
_DIGITS = Context(prec=9)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a panel: its key, what it is called and how it is written; `tone` is 1 for good, -1 for bad, or 0.

    `weak` says why the number means little, empty where nothing does; `parts` what it adds up from.
    """

    key: str
    label: str
    text: str
    tone: int
    unit: str
    formula: str
    weak: str
    parts: str


def figures(standing: Performance, currency: str) -> list[Figure]:
    """Return the numbers of a node in the order of a panel."""
    numbers = [
        ("equity", "Equity", money(standing.equity), 0),
        ("pnl", "Net P&L", signed(standing.pnl), _tone(standing.pnl)),
        ("drawdown", "Max drawdown", percent(standing.max_drawdown), 0),
        ("sharpe", "Sharpe", ratio(standing.sharpe), _tone(standing.sharpe)),
        ("sortino", "Sortino", ratio(standing.sortino), _tone(standing.sortino)),
        ("cvar", "CVaR 95 % (daily)", percent(standing.cvar_5), 0),
        ("winrate", "Win rate", percent(standing.win_rate), 0),
        ("factor", "Profit factor", ratio(standing.profit_factor), _tone((standing.profit_factor or 1) - 1)),
        ("points", "Reward points", _points(standing.reward_points), _tone(standing.reward_points)),
        ("trades", "Trades", count(standing.trades), 0),
    ]  # fmt: skip
    units = {"equity": currency}
    parts = {"pnl": f"realised {signed(standing.realised_pnl)}, unrealised {signed(standing.open_pnl)}"}
    return [
        Figure(
            key,
            label,
            text,
            tone,
            units.get(key, ""),
            FORMULAS[key],
            weakness(standing.unreliable, _NAMED.get(key, "")),
            parts.get(key, ""),
        )
        for key, label, text, tone in numbers
    ]


def lane_name(lane: Lane) -> str:
    """Return what people call a lane."""
    return _NAMES[Lane(lane)]


def money(value: Decimal | float | None) -> str:
    """Return an amount to the cent, with thousands apart."""
    return _NONE if value is None else _signed(f"{value:,.2f}")


def signed(value: Decimal | float | None) -> str:
    """Return an amount with its sign."""
    return _NONE if value is None else _signed(f"{value:+,.2f}")


def percent(value: float | None) -> str:
    """Return a fraction as a percentage."""
    return _NONE if value is None else _signed(f"{value * 100:.1f} %")


def ratio(value: float | None) -> str:
    """Return a ratio with two decimals."""
    return _NONE if value is None else _signed(f"{value:.2f}")


def count(value: int) -> str:
    """Return a whole number, with thousands apart."""
    return f"{value:,}"


def plain(value: Decimal | None) -> str:
    """Return an exact number without zeros at its end, never as a power of ten."""
    if value is None:
        return _NONE
    text = f"{value:,f}"
    return _signed(text.rstrip("0").rstrip(".") if "." in text else text)


def price(value: Decimal | None) -> str:
    """Return a price to nine digits: what a venue quotes, without what a float left at its end."""
    return _NONE if value is None else plain(_DIGITS.plus(value))


def day(ns: int) -> str:
    """Return UTC nanoseconds as a short date."""
    at = dt.datetime.fromtimestamp(ns // 1_000_000_000, dt.UTC)
    return f"{at.day} {at:%b %Y}"


def moment(ns: int) -> str:
    """Return UTC nanoseconds as a date and time to the second; nothing for 0."""
    if not ns:
        return _NONE
    return dt.datetime.fromtimestamp(ns // 1_000_000_000, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def sign_of(value: Decimal | float | None) -> str:
    """Return an arrow for what colour alone must not say."""
    tone = _tone(value)
    return {1: "▲", -1: "▼", 0: ""}[tone]


def state_sign(state: str) -> tuple[str, str]:
    """Return the sign of a node's or a process's state, and its tone: good, quiet, warn or bad."""
    return _STATES.get(state, ("✕", "bad"))


def role_word(role: str) -> str:
    """Return what a node's candidate is, with a sign where that alone says much."""
    sign = _ROLES.get(role, "")
    return f"{sign} {role.replace('_', ' ')}".strip()


def kind_word(kind: str) -> str:
    """Return what people call an event or the state of a process."""
    return EVENT_WORDS.get(kind.replace(" ", "_"), kind.replace("_", " "))


def kind_sign(kind: str) -> tuple[str, str]:
    """Return the sign of what happened, and its tone; of what nobody foresaw a quiet one."""
    return _KINDS.get(kind, ("·", "quiet"))


def _tone(value: Decimal | float | None) -> int:
    return 0 if value is None else (value > 0) - (value < 0)


def _points(value: float | None) -> str:
    return _NONE if value is None else _signed(f"{value:+.1f} R")


def _signed(text: str) -> str:
    return text.replace("-", _MINUS)
