# file: operations/risk.py
"""Position size and refusals of a hypothetical trade, as a lane's risk desk would answer."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.config.home import config_file
from tradingbot.core.config.lanes import LanesConfig, LaneVenue
from tradingbot.core.config.load import load
from tradingbot.core.config.risk import LaneRisk, RiskConfig
from tradingbot.core.errors import BadInput, ConfigError
from tradingbot.core.lane import Lane, Stage
from tradingbot.core.messages.intent import Intent, Side, Strength
from tradingbot.core.risk.desk import Explanation, explain
from tradingbot.core.risk.view import RiskView, Terms

_FREE = Decimal("1e-12")
_ZERO = Decimal(0)


def explain_size(
    lane: Lane,
    equity: Decimal,
    price: Decimal,
    stop: Decimal,
    strength: Strength = Strength.NORMAL,
    drawdown: Decimal = _ZERO,
    instrument: str | None = None,
    rate: Decimal | None = None,
) -> Explanation:
    """Return the sizing of an entry at `price` with nothing else open, step by step.

    A stop above the price makes it a short. `drawdown` is how far equity lies below its peak, a fraction. Without an
    `instrument` nothing is rounded and no minimum asked for. `rate` is account currency per unit of quote currency,
    needed only where neither the quote nor the base currency is the account's.

    Raises BadInput: For a number outside what is allowed, or a missing rate; ConfigError, UnknownInstrument when the
    lane's policy or the instrument is wrong or missing.
    """
    if not 0 <= drawdown < 1:
        raise BadInput(f"drawdown was {drawdown}, allowed is 0 up to 1, a fraction of the peak")
    venue, policy = _lane(lane)
    terms = _free_terms(rate) if instrument is None else _terms(lane, instrument, price, venue.currency, rate)
    side = Side.SHORT if stop > price else Side.LONG
    intent = Intent("explain", terms.instrument, side, price, stop, None, strength, 0)
    view = RiskView(
        ts=0,
        lane=lane,
        stage=Stage.BACKTEST,
        equity=equity,
        peak=equity / (1 - drawdown),
        realised_today=_ZERO,
        terms=terms,
        leverage=venue.leverage,
    )
    return explain(policy, intent, view)


def _lane(lane: Lane) -> tuple[LaneVenue, LaneRisk]:
    venues, policies = (
        load(LanesConfig, config_file("lanes.json")).lanes,
        load(RiskConfig, config_file("risk.json")).lanes,
    )
    if lane not in venues or lane not in policies:
        raise ConfigError(f"config: the lane {lane} needs a section in config/lanes.json and config/risk.json")
    return venues[lane], policies[lane]


def _free_terms(rate: Decimal | None) -> Terms:
    return Terms("the trade", "any", _FREE, _FREE, _ZERO, _ZERO, Decimal(1), rate or Decimal(1))


def _terms(lane: Lane, instrument: str, price: Decimal, currency: str, rate: Decimal | None) -> Terms:
    from tradingbot.core.execution.riskview import terms_of
    from tradingbot.core.market.instruments.listings import load_listing

    listing = load_listing(instrument)
    if listing.lane is not lane:
        raise BadInput(f"instrument {instrument} belongs to the lane {listing.lane}, the lane asked is {lane}")
    found = listing.instrument
    base = getattr(found, "base_currency", None)
    if rate is None and str(found.quote_currency.code) != currency:
        if base is None or str(base.code) != currency:
            raise BadInput(
                f"rate is missing: {instrument} settles in {found.quote_currency.code}, the lane in {currency}"
            )
        rate = 1 / price
    return terms_of(found, rate or Decimal(1))
