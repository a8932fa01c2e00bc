# file: core/config/venues.py
"""`config/venues.json`: the venues that commands reach out to, and where their endpoints are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tradingbot.core.config.home import config_file, home
from tradingbot.core.config.load import Section, load
from tradingbot.core.errors import ConfigError

HttpUrl = Annotated[str, Field(pattern=r"^https?://[^/\s]+[^\s/]$")]
WebsocketUrl = Annotated[str, Field(pattern=r"^wss?://\S+$")]
SecretName = Annotated[str, Field(pattern=r"^secret:\S+$")]
"""Where a secret is kept; the file never holds one itself."""


class BybitVenue(Section):
    """Bybit. An endpoint that is null is the environment's own.

    At most `requests_per_second` go out; an answer is asked for again for `patience_s` seconds before a command gives
    up. What only trading needs (`ws_private`, `ws_trade`, `account`, `api_key`, `api_secret`) may be there already.
    """

    environment: Literal["mainnet", "testnet", "demo"] | None = None
    http: HttpUrl | None = None
    ws_public_spot: WebsocketUrl | None = None
    ws_public_linear: WebsocketUrl | None = None
    ws_private: WebsocketUrl | None = None
    ws_trade: WebsocketUrl | None = None
    account: str | None = None
    api_key: SecretName | None = None
    api_secret: SecretName | None = None
    requests_per_second: float = Field(default=20, gt=0, le=100)
    patience_s: float = Field(default=60, ge=0, le=3_600)


class VenuesConfig(Section):
    """The whole file."""

    bybit: BybitVenue | None = None


def bybit_venue() -> BybitVenue:
    """Return what the home's file says of Bybit, or the shipped one where the home has none.

    Raises ConfigError when it names no environment: which market is read, or traded, is nobody's default.
    """
    path = config_file("venues.json")
    venue = load(VenuesConfig, path).bybit
    if venue is None or venue.environment is None:
        was = "bybit is missing" if venue is None else "bybit.environment was null"
        raise ConfigError(
            f"{path}: {was}, allowed is mainnet, testnet or demo, and none is assumed; write into "
            f'{home() / "config" / "venues.json"}: {{"bybit": {{"environment": "mainnet"}}}}'
        )
    return venue
