# file: tests/venues/bybit/listings.py
"""Instruments of the loopback venue: by default those of `config/instruments`, with their terms."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

_CONFIG = Path(__file__).resolve().parents[3] / "config" / "instruments"
_LAUNCH_MS = 1_577_836_800_000  # 2020-01-01
_LARGEST = 1_000_000  # the largest order in price or size steps


@dataclass(frozen=True)
class Listing:
    """One symbol with its terms; `funding_minutes` is None for spot, `launch_ms` is when its history starts."""

    category: str
    symbol: str
    base: str
    quote: str
    price_step: Decimal
    size_step: Decimal
    minimum_quantity: Decimal
    minimum_notional: Decimal
    maximum_leverage: Decimal
    maintenance: Decimal
    funding_minutes: int | None = None
    launch_ms: int = _LAUNCH_MS

    @cached_property
    def key(self) -> tuple[str, str]:
        return self.category, self.symbol

    @cached_property
    def prices(self) -> Grid:
        return Grid.of(self.price_step)

    @cached_property
    def sizes(self) -> Grid:
        return Grid.of(self.size_step)

    @cached_property
    def amounts(self) -> Grid:
        return Grid(self.prices.unit * self.sizes.unit, self.prices.digits + self.sizes.digits)

    def row(self) -> dict[str, Any]:
        """Return the row of `/v5/market/instruments-info`."""
        return self._perpetual() if self.category == "linear" else self._pair()

    def _perpetual(self) -> dict[str, Any]:
        largest = self.sizes.text(_LARGEST)
        return {
            "symbol": self.symbol,
            "contractType": "LinearPerpetual",
            "status": "Trading",
            "baseCoin": self.base,
            "quoteCoin": self.quote,
            "launchTime": str(self.launch_ms),
            "deliveryTime": "0",
            "deliveryFeeRate": "",
            "priceScale": str(self.prices.digits),
            "leverageFilter": {
                "minLeverage": "1",
                "maxLeverage": f"{self.maximum_leverage:.2f}",
                "leverageStep": "0.01",
            },
            "priceFilter": {
                "minPrice": str(self.price_step),
                "maxPrice": self.prices.text(20_000_000),
                "tickSize": str(self.price_step),
            },
            "lotSizeFilter": {
                "maxOrderQty": largest,
                "minOrderQty": str(self.minimum_quantity),
                "qtyStep": str(self.size_step),
                "postOnlyMaxOrderQty": largest,
                "maxMktOrderQty": self.sizes.text(_LARGEST // 5),
                "minNotionalValue": str(self.minimum_notional),
            },
            "unifiedMarginTrade": True,
            "fundingInterval": self.funding_minutes,
            "settleCoin": self.quote,
            "copyTrading": "none",
            "upperFundingRate": "0.005",
            "lowerFundingRate": "-0.005",
            "isPreListing": False,
            "preListingInfo": None,
            "riskParameters": {"priceLimitRatioX": "0.05", "priceLimitRatioY": "0.1"},
            "displayName": "",
            "symbolType": "",
        }

    def _pair(self) -> dict[str, Any]:
        return {
            "symbol": self.symbol,
            "baseCoin": self.base,
            "quoteCoin": self.quote,
            "innovation": "0",
            "status": "Trading",
            "marginTrading": "utaOnly",
            "stTag": "0",
            "lotSizeFilter": {
                "basePrecision": str(self.size_step),
                "quotePrecision": self.amounts.text(1),
                "minOrderQty": str(self.minimum_quantity),
                "maxOrderQty": self.sizes.text(_LARGEST),
                "minOrderAmt": str(self.minimum_notional),
                "maxOrderAmt": "4000000",
                "maxLimitOrderQty": self.sizes.text(_LARGEST),
                "maxMarketOrderQty": self.sizes.text(_LARGEST // 5),
            },
            "priceFilter": {"tickSize": str(self.price_step)},
            "riskParameters": {"priceLimitRatioX": "0.05", "priceLimitRatioY": "0.05"},
            "symbolType": "",
        }


@dataclass(frozen=True)
class Grid:
    """A step as `unit` times ten to the minus `digits`: numbers of steps become exact text without a float."""

    unit: int
    digits: int

    @classmethod
    def of(cls, step: Decimal) -> Grid:
        exponent = int(step.as_tuple().exponent)
        return cls(int(step.scaleb(max(-exponent, 0))), max(-exponent, 0))

    def text(self, steps: int) -> str:
        digits = str(abs(steps) * self.unit).zfill(self.digits + 1)
        sign = "-" if steps < 0 else ""
        return f"{sign}{digits[: -self.digits]}.{digits[-self.digits :]}" if self.digits else sign + digits


def listings() -> list[Listing]:
    """Return every Bybit instrument of the repository's `config/instruments`."""
    return [*_of("linear"), *_of("spot")]


def _of(category: str) -> list[Listing]:
    document = json.loads((_CONFIG / f"bybit{category}.json").read_text(encoding="utf-8"))
    return [_listing(category, name, document["defaults"] | row) for name, row in document["instruments"].items()]


def _listing(category: str, name: str, terms: dict[str, Any]) -> Listing:
    return Listing(
        category=category,
        symbol=name.split("-")[0],
        base=terms["base"],
        quote=terms["currency"],
        price_step=Decimal(terms["price_step"]),
        size_step=Decimal(terms["size_step"]),
        minimum_quantity=Decimal(terms["minimum_quantity"]),
        minimum_notional=Decimal(terms["minimum_notional"]),
        maximum_leverage=1 / Decimal(terms["margin_init"]),
        maintenance=Decimal(terms["margin_maint"]),
        funding_minutes=terms.get("funding_minutes"),
    )
