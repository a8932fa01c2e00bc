# file: tests/golden/recount.py
"""Count a result again from the fills the engine told of and from the market itself, by other means than the product.

Money is exact where one currency is enough. Profit in another currency is converted by the engine at its last quote,
which this cannot know: it may differ by what that rate moved in two bars.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from tests.golden.catalogfixture import HOUR
from tests.golden.marketscripts import Play
from tests.golden.scriptedstrategy import Seen
from tradingbot.core.config.home import config_file
from tradingbot.core.config.load import load as load_config
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.result import Result

__all__ = ["Recount"]

ZERO = Decimal(0)
_NEW_YORK = ZoneInfo("America/New_York")
_MICROSECOND = 1_000


class Recount:
    """Compare every trade of a result with the fills it is made of."""

    def __init__(self, play: Play, result: Result, fills: list[Seen]) -> None:
        self.play, self.result, self.fills = play, result, fills
        self.lane = play.fields["lane"]
        self.venue = play.fields["venue"]
        self.cent = Decimal("0.01") if result.currency == "USD" else Decimal("0.00000001")

    def check(self) -> None:
        """Raise AssertionError where anything does not add up."""
        trades = [*self.result.trades, *self.result.open]
        start, end = self.result.summary.start_equity, self.result.summary.end_equity
        assert start + sum((trade.pnl for trade in trades), ZERO) == end == self.result.equity[-1].equity
        rounds = self._rounds()
        for trade in trades:
            self._check_trade(trade, rounds[trade.strategy, trade.instrument].pop(0))
        assert not any(rounds.values())

    def _rounds(self) -> dict[tuple[str, str], list[list[Seen]]]:
        """Return the fills from flat to flat; one that crosses zero, as exercised shares may, is cut in two."""
        found: dict[tuple[str, str], list[list[Seen]]] = defaultdict(list)
        nets: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for fill in self.fills:
            key = (fill.strategy, fill.name)
            for part in _parts(fill, nets[key]):
                if not nets[key]:
                    found[key].append([])
                found[key][-1].append(part)
                nets[key] += part.signed
        return found

    def _check_trade(self, trade: Trade, fills: list[Seen]) -> None:
        sign = 1 if trade.side == "LONG" else -1
        into = [fill for fill in fills if fill.signed * sign > 0]
        out = [fill for fill in fills if fill.signed * sign < 0]
        held = sum((fill.signed for fill in fills), ZERO)
        assert (trade.entry_time, trade.fills, trade.closed) == (fills[0].ts, len(fills), not held)
        assert trade.exit_time == (None if held else fills[-1].ts)
        assert abs(trade.entry_price - _average(into)) < Decimal("1e-12")
        assert trade.exit_price is None or abs(trade.exit_price - _average(out)) < Decimal("1e-12")
        assert trade.pnl == trade.gross - trade.fees + trade.funding
        self._check_gross(trade, fills, sign)
        left = self._at_the_end(trade, fills)
        assert abs(trade.fees - self._fees([*fills, *left])) <= self.cent * len([*fills, *left])
        assert trade.funding in self._funding(trade, fills)

    def _check_gross(self, trade: Trade, fills: list[Seen], sign: int) -> None:
        expected, doubt = ZERO, self.cent * (len(fills) + 1)
        held = cost = ZERO
        for fill in [*fills, *self._at_the_end(trade, fills)]:
            size = abs(fill.signed)
            if fill.signed * sign > 0:
                held, cost = held + size, cost + size * fill.price
                continue
            average = cost / held
            rate, width = self._rate(fill.name, fill.price, fill.ts)
            profit = sign * size * (fill.price - average) * trade.multiplier
            expected, doubt = expected + profit * rate, doubt + abs(profit) * width
            held, cost = held - size, cost - size * average
        assert abs(trade.gross - expected) <= doubt, (trade, expected)

    def _at_the_end(self, trade: Trade, fills: list[Seen]) -> list[Seen]:
        held = sum((fill.signed for fill in fills), ZERO)
        if not held:
            return []
        price = self._touch(trade.instrument, held > 0)
        last = fills[-1]
        return [Seen(self.result.end, last.strategy, last.name, -held, price, ZERO, "leaving", "", None, None, False)]

    def _touch(self, name: str, selling: bool) -> Decimal:
        """Return the last bid or ask: the market's own, or half a spread beside the close, outwards to the tick."""
        if strike := _strike(name):
            quotes = self.play.puts[strike]
            row = int(np.searchsorted(quotes.ts, self.result.end, "right")) - 1
            return Decimal(str(float((quotes.bid if selling else quotes.ask)[row])))
        if sides := self.play.sides.get(name):
            bars = sides[0 if selling else 1]
            return Decimal(str(float(bars.close[int(np.searchsorted(bars.ts, self.result.end, "right")) - 1])))
        bars, spread = self.play.middle[name], self.venue["spread"]
        row = int(np.searchsorted(bars.ts, self.result.end, "right")) - 1
        tick: Decimal = load_listing(name).instrument.price_increment.as_decimal()
        close, opened = (Decimal(str(float(column[row]))) for column in (bars.close, bars.open))
        half = max(spread["ticks"] * tick, Decimal(str(spread["bps"])) * opened / 10_000) / 2
        rounding, price = (ROUND_FLOOR, close - half) if selling else (ROUND_CEILING, close + half)
        whole: Decimal = round(price / tick, 6).to_integral_value(rounding=rounding)
        return whole * tick

    def _rate(self, name: str, price: Decimal, ts: int) -> tuple[Decimal, Decimal]:
        """Return account currency per quote currency, and how far, relatively, the engine's may be from it."""
        if "JPY" not in name:
            return Decimal(1), ZERO
        bars = self.play.middle["USD/JPY.IDEALPRO"]
        row = int(np.searchsorted(bars.ts, ts, "left"))
        around = slice(max(row - 2, 0), row + 2)
        low, high = float(bars.low[around].min()), float(bars.high[around].max())
        rate = price if name.startswith("USD") else self._mark("USD/JPY.IDEALPRO", ts)
        spread = 2e-3
        return 1 / rate, Decimal(str(high / low - 1 + spread))

    def _mark(self, name: str, ts: int) -> Decimal:
        if strike := _strike(name):
            quotes = self.play.puts[strike]
            row = int(np.searchsorted(quotes.ts, ts, "right")) - 1
            return Decimal(str(float((quotes.bid[row] + quotes.ask[row]) / 2)))
        bars = self.play.middle[name]
        return Decimal(str(float(bars.close[int(np.searchsorted(bars.ts, ts, "right")) - 1])))

    def _fees(self, fills: list[Seen]) -> Decimal:
        """Return commissions: by rate, at least a minimum an order, or by contract; none where a venue settles."""
        orders: dict[str, Decimal] = defaultdict(Decimal)
        for fill in fills:
            if not fill.order.startswith("EXPIRATION"):
                orders[fill.order] += self._raw(fill)
        least = {"forex": Decimal(2), "options": Decimal(1)}.get(self.lane, ZERO)
        factor = Decimal(self.venue.get("fees", {}).get("multiplier", 1))
        return sum((max(raw, least) * factor for raw in orders.values()), ZERO)

    def _raw(self, fill: Seen) -> Decimal:
        if _strike(fill.name):
            return abs(fill.signed) * Decimal("0.65")
        listing = load_listing(fill.name)
        share = listing.maker_fee if fill.maker else listing.taker_fee
        return abs(fill.signed) * fill.price * share * self._rate(fill.name, fill.price, fill.ts)[0]

    def _funding(self, trade: Trade, fills: list[Seen]) -> set[Decimal]:
        """Return what holding may have cost: a fill in the microseconds before a time that is due may count or not."""
        if self.lane == "options":
            return {ZERO}
        found = {ZERO}
        for due, units in self._dues(trade, fills):
            price = self._mark(trade.instrument, due)
            rate = self._rate(trade.instrument, price, due)[0]
            digits = -int(self.cent.as_tuple().exponent)
            held = self._positions(trade.instrument, due, fills)
            amounts = {round(units(position) * price * rate, digits) for position in held}
            found = {before + amount for before in found for amount in amounts}
        return found

    def _positions(self, name: str, due: int, fills: list[Seen]) -> set[Decimal]:
        """Return what may have been held at `due`; without a bar there it is looked at with the next first price."""
        times = [due - lead * _MICROSECOND for lead in (2, 1, 0)]
        bars = self.play.middle[name].ts
        if due not in bars:
            times.append(int(bars[min(int(np.searchsorted(bars, due)), len(bars) - 1)]) + 1)
        return {sum((fill.signed for fill in fills if fill.ts < time), ZERO) for time in times}

    def _dues(self, trade: Trade, fills: list[Seen]) -> list[tuple[int, Any]]:
        """Return each time something falls due while the trade lasts, with base units received per position."""
        first, last = fills[0].ts, trade.exit_time or self.result.end
        if self.lane == "cryptofutures":
            found = self.play.settlements[trade.instrument]
            return [(ts, _funded(rate)) for ts, rate in found if first <= ts <= last + 2 * _MICROSECOND]
        if self.lane == "cryptospot":
            hours = range(first // HOUR + 1, (last + 2 * _MICROSECOND) // HOUR + 1)
            return [(hour * HOUR, _borrowed) for hour in hours]
        return _rollovers(trade.instrument, first, last)


def _parts(fill: Seen, held: Decimal) -> list[Seen]:
    if held * (held + fill.signed) >= 0:
        return [fill]
    return [replace(fill, signed=-held), replace(fill, signed=held + fill.signed)]


def _average(fills: list[Seen]) -> Decimal:
    size = sum((abs(fill.signed) for fill in fills), ZERO)
    return sum((abs(fill.signed) * fill.price for fill in fills), ZERO) / size


def _strike(name: str) -> int:
    return int(name[13:21]) // 1_000 if "=OPT" in name else 0


def _funded(rate: float) -> Any:
    return lambda position: -position * Decimal(str(rate))


def _borrowed(position: Decimal) -> Decimal:
    return min(position, ZERO) * Decimal("0.10") / 8_760


def _rollovers(name: str, first: int, last: int) -> list[tuple[int, Any]]:
    policy = load_config(RatesConfig, config_file("rates.json"))
    found = []
    day = dt.datetime.fromtimestamp(first // 10**9, _NEW_YORK).date()
    while (due := int(dt.datetime.combine(day, dt.time(17), _NEW_YORK).timestamp()) * 10**9) <= last + 2 * _MICROSECOND:
        if day.weekday() < 5 and due >= first:
            gain = policy.on(name[:3], day) - policy.on(name[4:7], day)
            over_the_weekend = 3 if name.startswith("USD/CAD") else 2
            found.append((due, _rolled(gain, 3 if day.weekday() == over_the_weekend else 1)))
        day += dt.timedelta(days=1)
    return found


def _rolled(gain: Decimal, days: int) -> Any:
    return lambda position: (position * gain - abs(position) * Decimal("0.005")) * days / 365
