# file: adapters/bybit.py
"""Bybit's live data: Nautilus' stock data client, one for each product, so that each has its own public socket."""

from __future__ import annotations

from collections.abc import Iterable

from nautilus_trader.adapters.bybit import (
    BybitDataClientConfig,
    BybitDataClientFactory,
    BybitEnvironment,
    BybitProductType,
)
from nautilus_trader.live import LiveNodeBuilder
from nautilus_trader.model import ClientId, InstrumentId

from tradingbot.core.config.venues import BybitVenue
from tradingbot.core.errors import BadInput

_PRODUCTS = {"LINEAR": BybitProductType.LINEAR, "SPOT": BybitProductType.SPOT}


def client_of(instrument: InstrumentId) -> ClientId:
    """Return the data client of an instrument: `BYBIT-LINEAR` of `BTCUSDT-LINEAR.BYBIT`.

    One client for both products would, with an address of our own, hear both from the same stream. A request or a
    subscription without its client goes nowhere, with a line in the log alone.

    Raises BadInput when Bybit streams no such product here.
    """
    product = str(instrument.symbol).rpartition("-")[2]
    if str(instrument.venue) != "BYBIT" or product not in _PRODUCTS:
        allowed = ", ".join(f"X-{name}.BYBIT" for name in _PRODUCTS)
        raise BadInput(f"the instrument was {instrument}, allowed in Bybit's feed are {allowed}")
    return ClientId(f"BYBIT-{product}")


def with_data_clients(builder: LiveNodeBuilder, venue: BybitVenue, clients: Iterable[ClientId]) -> LiveNodeBuilder:
    """Return the builder with these data clients of `client_of`, at the venue's endpoints."""
    addresses = {"LINEAR": venue.ws_public_linear, "SPOT": venue.ws_public_spot}
    for client in sorted(clients, key=str):
        product = str(client).rpartition("-")[2]
        config = BybitDataClientConfig(
            product_types=[_PRODUCTS[product]],
            environment=getattr(BybitEnvironment, str(venue.environment).upper()),
            base_url_http=venue.http,
            base_url_ws_public=addresses[product],
        )
        builder = builder.add_data_client(str(client), BybitDataClientFactory(), config)
    return builder
