# file: tests/core/portfolio/testledger.py
from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.portfolio.ledger import Charge, Fill, Ledger

ZERO, COIN = Decimal(0), "BTCUSDT-LINEAR.BYBIT"
_EXACT = Decimal("1e-15")


def exactly(*values: str | int) -> tuple[Decimal, ...]:
    return tuple(Decimal(value) for value in values)


def fill(
    signed: str,
    price: str,
    cash: str,
    commission: str = "0",
    *,
    ts: int = 1,
    strategy: str = "A",
    instrument: str = COIN,
    multiplier: str = "1",
    rate: str = "1",
    slippage: str = "0",
    reason: str = "signal",
    premium: bool = False,
) -> Fill:
    return Fill(
        ts=ts, strategy=strategy, instrument=instrument, signed=Decimal(signed), price=Decimal(price),
        multiplier=Decimal(multiplier), rate=Decimal(rate), cash=Decimal(cash), commission=Decimal(commission),
        slippage=Decimal(slippage), reason=reason, premium=premium,
    )  # fmt: skip


def test_a_long_round_trip_is_one_trade() -> None:
    ledger = Ledger(Decimal(1000))
    assert ledger.fill(fill("2", "100", "-0.20", "0.20", ts=5, slippage="0.04", reason="entry")) == []
    assert (ledger.balance, ledger.net("A", COIN)) == exactly("999.80", 2)
    (trade,) = ledger.fill(fill("-2", "110", "19.78", "0.22", ts=9, slippage="0.06", reason="target"))
    assert ledger.trades == [trade]
    assert (trade.side, trade.quantity, trade.entry_price, trade.exit_price) == ("LONG", *exactly(2, 100, 110))
    assert (trade.entry_time, trade.exit_time, trade.exit_reason, trade.fills) == (5, 9, "target", 2)
    assert (trade.gross, trade.fees, trade.pnl) == exactly(20, "0.42", "19.58")
    assert (trade.slippage, trade.notional, trade.traded_notional) == exactly("0.10", 200, 420)
    assert ledger.balance == 1000 + trade.pnl
    assert ledger.open_positions == []


def test_a_short_round_trip_in_parts_has_the_average_prices() -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(fill("-1", "100", "0"))
    ledger.fill(fill("-3", "104", "0"))
    ledger.fill(fill("1", "101", "2"))
    (trade,) = ledger.fill(fill("3", "105", "-6"))
    assert (trade.side, trade.quantity, trade.entry_price, trade.exit_price) == ("SHORT", *exactly(4, 103, 104))
    assert (trade.gross, trade.fills, trade.id) == (Decimal(-4), 4, 1)
    assert (trade.notional, trade.traded_notional) == exactly(412, 828)


def test_notional_is_the_peak_at_the_entry_price_in_account_currency() -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(fill("2", "100", "0", multiplier="10", rate="0.5"))
    ledger.fill(fill("-1", "110", "0", multiplier="10", rate="0.5"))
    ledger.fill(fill("1", "130", "0", multiplier="10", rate="0.5"))
    (trade,) = ledger.fill(fill("-2", "120", "0", multiplier="10", rate="0.5"))
    # Entered 3 at (200 + 130) / 3 = 110, never more than 2 held: 2 x 110 x 10 x 0.5. Traded: (330 + 350) x 10 x 0.5.
    assert (trade.quantity, trade.entry_price, trade.notional, trade.traded_notional) == exactly(2, 110, 1100, 3400)


def test_a_charge_belongs_to_the_position_that_is_open() -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(fill("1", "100", "0"))
    ledger.charge(Charge(2, "A", COIN, Decimal("-0.30")))
    ledger.charge(Charge(3, "A", COIN, Decimal("0.10")))
    assert ledger.balance == Decimal("999.80")
    (trade,) = ledger.fill(fill("-1", "100", "0"))
    assert (trade.funding, trade.gross, trade.pnl) == exactly("-0.20", 0, "-0.20")


def test_a_charge_without_a_position_is_an_error_and_changes_nothing() -> None:
    ledger = Ledger(Decimal(1000))
    with pytest.raises(LookupError, match=f"A was charged -1 for {COIN}, which it does not hold"):
        ledger.charge(Charge(1, "A", COIN, Decimal(-1)))
    assert ledger.balance == 1000


def test_a_fill_that_crosses_zero_closes_one_trade_and_opens_another() -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(fill("1", "100", "0"))
    (closed,) = ledger.fill(fill("-3", "110", "9.70", "0.30", slippage="0.06"))
    (held,) = ledger.open_positions
    assert (closed.side, closed.quantity, closed.gross) == ("LONG", *exactly(1, 10))
    assert (round(closed.fees, 20), round(closed.slippage, 20)) == exactly("0.1", "0.02")
    assert (held.signed, held.entry_price, held.number) == (*exactly(-2, 110), 2)
    assert round(held.fees, 20) == Decimal("0.2")
    assert held.trade("open").side == "SHORT"


def test_premium_that_crosses_zero_is_parted_by_quantity() -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(fill("1", "2", "-200", multiplier="100", premium=True))
    (closed,) = ledger.fill(fill("-3", "3", "899.10", "0.90", multiplier="100", premium=True))
    (held,) = ledger.open_positions
    assert round(closed.pnl, 20) == 300 - 200 - Decimal("0.3")
    assert round(held.cash, 20) == 600 - Decimal("0.6")


def test_strategies_hold_the_same_instrument_apart() -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(fill("1", "100", "0", strategy="A"))
    ledger.fill(fill("-1", "100", "0", strategy="B"))
    assert (ledger.net("A", COIN), ledger.net("B", COIN), ledger.net("C", COIN)) == exactly(1, -1, 0)
    assert [held.strategy for held in ledger.open_positions if held.instrument == COIN] == ["A", "B"]
    assert ledger.trades == []


@pytest.mark.parametrize(
    ("premium", "signed", "mark", "value"),
    [(False, "2", "105", "10"), (False, "-2", "105", "-10"), (True, "2", "3", "6"), (True, "-2", "3", "-6")],
)
def test_open_value_is_profit_where_margined_and_the_whole_price_where_paid(
    premium: bool, signed: str, mark: str, value: str
) -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(fill(signed, "100", "0", multiplier="10", premium=premium))
    (held,) = ledger.open_positions
    assert held.value(Decimal(mark), Decimal("0.5")) == Decimal(value) * 10 * Decimal("0.5")


def test_a_partly_closed_position_values_the_rest_at_its_average_price() -> None:
    ledger = Ledger(Decimal(1000))
    ledger.fill(fill("4", "100", "0"))
    ledger.fill(fill("-1", "120", "20"))
    (held,) = ledger.open_positions
    assert held.value(Decimal(110), Decimal(1)) == 30
    trade = held.trade("open", held.value(Decimal(110), Decimal(1)))
    assert (trade.closed, trade.exit_time, trade.exit_price) == (False, None, Decimal(120))
    assert (trade.gross, trade.pnl) == exactly(50, 50)


class _Account:
    """Another pair of books, in fractions: cash by realised profit or by premium, average cost, nothing else."""

    def __init__(self) -> None:
        self.net, self.cost, self.profit = Fraction(0), Fraction(0), Fraction(0)

    def trade(self, signed: Fraction, price: Fraction) -> Fraction:
        """Return the profit a fill realises."""
        closing = min(abs(signed), abs(self.net)) if signed * self.net < 0 else Fraction(0)
        sign = 1 if self.net > 0 else -1
        average = self.cost / abs(self.net) if self.net else Fraction(0)
        realised = sign * closing * (price - average)
        self.cost += (abs(signed) - closing) * price - closing * average
        self.net += signed
        return realised


_fills = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]),
        st.integers(-40, 40).filter(bool),
        st.integers(1, 2_000),
        st.integers(0, 50),
        st.integers(-30, 30),
    ),
    max_size=40,
)


@pytest.mark.parametrize("premium", [False, True])
@given(steps=_fills)
def test_for_any_fills_and_charges_the_trades_and_what_is_open_add_up_to_the_balance(
    steps: list[tuple[str, int, int, int, int]], premium: bool
) -> None:
    ledger, accounts = Ledger(Decimal(10_000)), {"A": _Account(), "B": _Account()}
    for number, (strategy, lots, ticks, fee, charge) in enumerate(steps):
        signed, price, commission = Decimal(lots) / 8, Decimal(ticks) / 4, Decimal(fee) / 100
        realised = accounts[strategy].trade(Fraction(signed), Fraction(price))
        gain = -signed * price if premium else Decimal(realised.numerator) / realised.denominator
        ledger.fill(
            fill(str(signed), str(price), str(gain - commission), str(commission), ts=number, strategy=strategy,
                 premium=premium)
        )  # fmt: skip
        if ledger.net(strategy, COIN):
            ledger.charge(Charge(number, strategy, COIN, Decimal(charge) / 100))
    _adds_up(ledger)
    for strategy, account in accounts.items():
        assert ledger.net(strategy, COIN) == Decimal(account.net.numerator) / account.net.denominator
    _each_trade_follows_from_its_prices(ledger, premium, lambda trade: trade.side == "LONG")


def _adds_up(ledger: Ledger) -> None:
    closed = sum((trade.pnl for trade in ledger.trades), ZERO)
    held = sum((position.cash + position.funding for position in ledger.open_positions), ZERO)
    assert abs(ledger.start + closed + held - ledger.balance) < _EXACT
    for trade in ledger.trades:
        assert trade.pnl == trade.gross - trade.fees + trade.funding
    numbers = [trade.id for trade in ledger.trades] + [position.number for position in ledger.open_positions]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def _each_trade_follows_from_its_prices(ledger: Ledger, premium: bool, is_long: Callable[..., bool]) -> None:
    for trade in ledger.trades:
        assert trade.exit_price is not None
        turned = trade.traded_notional / (trade.entry_price + trade.exit_price)
        profit = turned * (trade.exit_price - trade.entry_price) * (1 if is_long(trade) else -1)
        assert abs(profit - trade.gross) < Decimal("1e-9"), premium
