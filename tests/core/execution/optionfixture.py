# file: tests/core/execution/optionfixture.py
"""A share with two puts, and the intent to sell the one against the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.core.execution.enginefixture import MINUTE, MONDAY, Engine, listing
from tradingbot.core.lane import Lane
from tradingbot.core.messages.intent import Leg, Side, SpreadIntent, Strength

__all__ = ["EXPIRY", "OPEN", "SHARE", "selling", "stocked"]

SHARE = "SPY=STK.SMART"
OPEN = 14 * 60 + 30
"""9:30 in New York, in minutes after Monday 00:00 UTC."""
EXPIRY = MONDAY + (OPEN + 60) * MINUTE


def stocked(
    engine: Engine, closes: Sequence[float], sizes: Sequence[float] = (1e4, 1e4), first: int = 1
) -> tuple[str, str]:
    """Add a share along `closes` every five minutes and two puts that expire after an hour; return the puts' ids. The
    put at 100 is quoted 2.00 to 2.05, the one at 95 is quoted 1.00 to 1.05, with `sizes` on both sides; the quotes of
    the one at 100 begin with bar number `first`."""
    engine.lane, engine.equity = Lane.OPTIONS, "100000 USD"
    engine.lane_of(currency="USD", leverage=1, fees={"kind": "per_contract", "amount": "0.65", "minimum": 1})
    engine.risk |= {"max_position_leverage": 20, "risk_fraction": "0.02"}
    rows = [(a, max(a, b), min(a, b), b) for a, b in pairwise(closes)]
    share = listing(
        SHARE, product="equity", base=None, currency="USD", price_step="0.01", size_step="1", minimum_quantity="1",
        margin_init="0.5", margin_maint="0.25",
    )  # fmt: skip
    engine.trade(rows, share, MONDAY + OPEN * MINUTE)
    stamps = [OPEN + 5 * number for number in range(1, 12)]
    return (
        engine.option("P", "100", EXPIRY, [(at, 2.00, 2.05, sizes[0]) for at in stamps[first - 1 :]]),
        engine.option("P", "95", EXPIRY, [(at, 1.00, 1.05, sizes[1]) for at in stamps]),
    )


def selling(short: str, long: str, loss: str = "4.05", **fields: Any) -> Callable[[Any, Any], None]:
    """Return a cue that proposes to sell `short` at 2.00 and to buy `long` at 1.05; `fields` replace the intent's."""

    def cue(actor: Any, bar: Any) -> None:
        values: dict[str, Any] = {
            "strategy": str(actor.strategy_id), "instrument": SHARE, "price": bar.close.as_decimal(),
            "legs": (Leg(short, Side.SHORT, Decimal("2.00")), Leg(long, Side.LONG, Decimal("1.05"))),
            "max_loss": Decimal(loss), "strength": Strength.NORMAL, "ts": actor.clock.timestamp_ns(),
        }  # fmt: skip
        actor.answers.append(actor.propose(SpreadIntent(**(values | fields))))

    return cue
