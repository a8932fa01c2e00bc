# file: core/portfolio/metrics.py
"""Performance metrics of a run, and the buy-and-hold benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import RunFailed
from tradingbot.core.messages.smallsample import SmallSample
from tradingbot.core.portfolio import ratios
from tradingbot.core.portfolio.drawdown import longest_drawdown, max_drawdown
from tradingbot.core.portfolio.equity import EquityPoint, without_flows
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.time import DAY


def buy_and_hold_curve(closes: Mapping[str, tuple[Ints, Floats]], start: int, end: int) -> tuple[Ints, Floats]:
    """Return the growth of one unit of money spread equally over the instruments at `start` and never touched again.

    mean over instruments of close(t) / first close, without costs, at `start`, every 00:00 UTC and `end` (UTC ns). An
    instrument is cash until its first close. The last value minus one is `buy_and_hold`. `closes` are ascending close
    times (int64 ns) and prices (float64, positive); the result is time stamps and growth factors of equal length, empty
    without any price up to `end`.
    """
    midnights = np.arange(start // DAY + 1, -(-end // DAY), dtype=np.int64) * DAY
    stamps = np.unique(np.concatenate([[start], midnights, [end]])).astype(np.int64)
    curves = [_growth(*columns, stamps) for columns in closes.values() if len(columns[0]) and columns[0][0] <= end]
    return (stamps, np.mean(curves, axis=0)) if curves else (stamps[:0], np.empty(0))


def _growth(ts: Ints, close: Floats, stamps: Ints) -> Floats:
    first = max(0, int(np.searchsorted(ts, stamps[0], side="right")) - 1)
    rows = np.maximum(np.searchsorted(ts, stamps, side="right") - 1, first)
    growth: Floats = close[rows] / close[first]
    return growth


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The numbers of a run. None where a number is undefined (no trades, no losses, too few days).

    Money is in account currency, as Decimal. `net_pnl` = `end_equity` - `start_equity` - `transfers`, which is what the
    owner put in less what was taken out; to the cent it is also `realised_pnl`, of closed trades, + `open_pnl`, what
    open positions have made so far after their costs. `fees`, `funding` and `slippage` are of both, all other trade
    statistics of closed trades. `expectancy` is the mean result of a trade in account currency (`average_trade` is
    another name of it), `expectancy_r` the mean of result / risk at the first stop (R), which leaves out those
    `trades_without_risk` whose risk nobody knows. Returns and drawdowns are of the equity without transfers. `fees` and
    `slippage` are positive when paid, `funding` when received. `max_drawdown` and `cvar_5` (mean of the worst 5 % of
    daily returns) are fractions of equity, positive for losses. `cagr` (by calendar time), `exposure` (share of
    calendar time with a position), `win_rate` and `buy_and_hold` are fractions; `turnover` is everything traded / mean
    daily equity; `longest_drawdown_days` are calendar days, `days` those with a return.
    Equity is marked at every bar: the balance plus what leaving the open positions would bring.
    """

    trades: int
    start_equity: Decimal
    end_equity: Decimal
    net_pnl: Decimal
    realised_pnl: Decimal
    open_pnl: Decimal
    transfers: Decimal
    fees: Decimal
    funding: Decimal
    slippage: Decimal
    days: int
    total_return: float | None
    buy_and_hold: float | None
    cagr: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float
    longest_drawdown_days: float
    cvar_5: float | None
    win_rate: float | None
    profit_factor: float | None
    expectancy: Decimal | None
    expectancy_r: float | None
    trades_without_risk: int
    average_trade: Decimal | None
    best_trade: Decimal | None
    worst_trade: Decimal | None
    exposure: float | None
    turnover: float | None

    @property
    def unreliable(self) -> tuple[SmallSample, ...]:
        return ratios.small_samples(
            self.days, self.trades, [name for name in ratios.RATIOS if getattr(self, name) is not None]
        )

    def to_dict(self) -> dict[str, object]:
        """Return the summary as JSON holds it: money as the nearest float, ratios to 10 significant digits. Under
        `unreliable` is which of them come from too few days or trades: `name`, `of`, `was`, `least`."""
        values: dict[str, object] = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        return values | {"unreliable": [asdict(item) for item in self.unreliable]}


def summary(
    trades: Sequence[Trade],
    equity: Sequence[EquityPoint],
    *,
    days_per_year: int,
    longest_drawdown_days: float | None = None,
    buy_and_hold: float | None = None,
    transfers: Sequence[tuple[int, Decimal]] = (),
) -> Summary:
    """Return the summary of a run, from its trades and its equity.

    Trades without an `exit_time` are open at the end. `equity` ascends from the start of the run to its end: the points
    of the marked equity that decide drawdowns, and the last of each UTC day, which the ratios go by. With
    `days_per_year` below 365 weekends are not days. `longest_drawdown_days` is that of equity at every bar; without it,
    of `equity`. `buy_and_hold` is the total return of holding the instruments; `transfers` are (UTC ns, signed amount).

    Raises RunFailed when there is no equity, or it does not start above zero.
    """
    if not equity or equity[0].equity <= 0:
        was = equity[0].equity if equity else "missing"
        raise RunFailed(f"start equity was {was}, a summary needs a first point of equity above 0")
    closed = [trade for trade in trades if trade.closed]
    flows = sum((amount for _ts, amount in transfers), Decimal())

    def total(name: str) -> Decimal:
        return sum((getattr(trade, name) for trade in trades), Decimal())

    pnls = [trade.pnl for trade in closed]
    grown = without_flows(equity, transfers)
    daily = ratios.DailyRatios.of(grown, days_per_year)
    ts = np.array([point.ts for point in grown], dtype=np.int64)
    values = np.array([float(point.equity) for point in grown])
    factor, deepest = float(values[-1] / values[0]), max_drawdown(values)
    growth = ratios.annual_growth(factor, equity[-1].ts - equity[0].ts)
    return Summary(
        trades=len(closed),
        start_equity=equity[0].equity,
        end_equity=equity[-1].equity,
        net_pnl=equity[-1].equity - equity[0].equity - flows,
        realised_pnl=sum(pnls, Decimal()),
        open_pnl=sum((trade.pnl for trade in trades if not trade.closed), Decimal()),
        transfers=flows,
        fees=total("fees"),
        funding=total("funding"),
        slippage=total("slippage"),
        days=ratios.days_of(daily.stamps),
        total_return=factor - 1,
        buy_and_hold=buy_and_hold,
        cagr=growth,
        sharpe=daily.sharpe,
        sortino=daily.sortino,
        calmar=ratios.calmar(growth, deepest),
        cvar_5=daily.cvar_5,
        max_drawdown=deepest,
        longest_drawdown_days=longest_drawdown(ts, values) if longest_drawdown_days is None else longest_drawdown_days,
        win_rate=ratios.win_rate(pnls),
        profit_factor=ratios.profit_factor(pnls),
        expectancy=ratios.average(pnls),
        expectancy_r=ratios.expectancy_r(closed),
        trades_without_risk=sum(trade.r_multiple is None for trade in closed),
        average_trade=ratios.average(pnls),
        best_trade=max(pnls, default=None),
        worst_trade=min(pnls, default=None),
        exposure=ratios.exposure(trades, equity[0].ts, equity[-1].ts),
        turnover=float(total("traded_notional")) / mean if (mean := float(daily.equity.mean())) > 0 else None,
    )


def _plain(value: Decimal | float | None) -> float | None:
    if isinstance(value, Decimal):
        return float(value)
    return float(f"{value:.10g}") if isinstance(value, float) else value
