# file: core/portfolio/trade.py
"""Trade: one round trip, from flat to flat in one instrument by one strategy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal

from tradingbot.core.time import to_iso

Side = Literal["LONG", "SHORT"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A round trip, or one that is still open when `exit_time` is None: valued as if it were left now, costs included.

    `quantity` is the peak size, prices are averages over the fills, times UTC nanoseconds. Money is in the account's
    currency: `gross` is the price profit before fees and funding; `fees` are positive when paid; `funding` is positive
    when received and holds forex rollover and borrow too; `pnl` = `gross` - `fees` + `funding`. `slippage` is what the
    fills cost against the mid price at arrival, positive when paid, and lies already inside `gross`. `notional` is
    what was held at the peak, `quantity` at `entry_price`; `traded_notional` all that was traded, entries and exits.
    `risked` is what it would have lost at its first stop, of a structure's leg what all of the structure could lose;
    None where nobody knows, and of open trades.
    `exit_reason` is a word such as stop, target, signal, time, session, expiry,
    assignment, liquidation or end.
    """

    id: int
    strategy: str
    instrument: str
    side: Side
    quantity: Decimal
    entry_time: int
    entry_price: Decimal
    exit_time: int | None
    exit_price: Decimal | None
    multiplier: Decimal
    gross: Decimal
    fees: Decimal
    funding: Decimal
    pnl: Decimal
    slippage: Decimal
    notional: Decimal
    traded_notional: Decimal
    exit_reason: str
    fills: int
    risked: Decimal | None = None

    @property
    def closed(self) -> bool:
        return self.exit_time is not None

    @property
    def r_multiple(self) -> Decimal | None:
        """The result in R, `pnl` / `risked`; None where the risk is not known."""
        return self.pnl / self.risked if self.risked else None

    def to_dict(self) -> dict[str, object]:
        """Return the trade as JSON holds it: times as ISO-8601 with Z, amounts as numbers. A number is the float
        nearest to the Decimal, unrounded, written in its shortest form: up to 15 significant digits come back exactly,
        so that profit recomputed from the file agrees far below a cent."""
        values = {each.name: getattr(self, each.name) for each in fields(self)} | {"r_multiple": self.r_multiple}
        for name, value in values.items():
            if isinstance(value, Decimal):
                values[name] = float(value)
            elif name.endswith("_time") and value is not None:
                values[name] = to_iso(value)
        return values
